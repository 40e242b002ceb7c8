import type { HttpAdapterHost } from '@nestjs/core';
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

import { expressGetPaths } from './express-routes.js';
import { FastifyRoutes, isFastify } from './fastify-routes.js';
import type { LongLivedResponse } from './long-lived.decorator.js';
import { isProber } from './prober.js';
import { requestLabel, routeName } from './request-label.js';

const PLAIN_PATH = /^\/[\w./~-]*$/;

/**
 * The application's routes, which give requests their names in the log.
 *
 * @internal
 */
export class Routes {
  readonly #framework: unknown;
  readonly #fastify: FastifyRoutes | undefined;
  readonly #nameOf = (method: string, path: string) => this.#fastify?.nameOf(method, path);

  /**
   * Called before Nest registers the routes. A testing module has no adapter yet: its requests are
   * named by path.
   *
   * @param longLived - the routes marked with `@LongLived()`, by name
   * @param probes - the names of the routes that answer health probes
   */
  constructor(
    { httpAdapter }: Partial<HttpAdapterHost>,
    private readonly longLived: ReadonlyMap<string, LongLivedResponse> = new Map(),
    private readonly probes: ReadonlySet<string> = new Set(),
  ) {
    this.#framework = httpAdapter?.getInstance();
    if (isFastify(this.#framework)) this.#fastify = new FastifyRoutes(this.#framework);
  }

  /** The GET paths without parameters. */
  plainGetPaths(): string[] {
    const paths = this.#fastify?.getPaths() ?? expressGetPaths(this.#framework);
    return [...new Set(paths)].filter((path) => PLAIN_PATH.test(path));
  }

  /** The name of the request in the log. */
  labelOf(response: ServerResponse | Http2ServerResponse): string {
    return requestLabel(response, this.#nameOf);
  }

  /** Whether a request is a health probe, by its route or by its user agent. */
  isProbe(response: ServerResponse | Http2ServerResponse): boolean {
    const userAgent = response.req.headers['user-agent'];
    if (userAgent !== undefined && isProber(userAgent)) return true;
    return this.isProbeRoute(response);
  }

  /** Whether its route answers health probes, whatever the user agent. */
  isProbeRoute(response: ServerResponse | Http2ServerResponse): boolean {
    return this.probes.size > 0 && this.probes.has(routeName(response, this.#nameOf) ?? '');
  }

  /** How its route is marked; undefined if it is not, or if no route is reached yet. */
  longLivedResponse(response: ServerResponse | Http2ServerResponse): LongLivedResponse | undefined {
    if (this.longLived.size === 0) return undefined;
    return this.longLived.get(routeName(response, this.#nameOf) ?? '');
  }
}
