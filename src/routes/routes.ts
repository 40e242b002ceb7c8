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
 * The application's routes, from where a request gets the name it has in the log.
 *
 * @internal
 */
export class Routes {
  readonly #framework: unknown;
  readonly #fastify: FastifyRoutes | undefined;
  readonly #nameOf = (method: string, path: string) => this.#fastify?.nameOf(method, path);

  /**
   * Before Nest registers the routes; a testing module has no adapter yet, and paths for names.
   *
   * @param longLived - the routes marked as such, by name
   * @param probes - the names of those that answer health probes
   */
  constructor(
    { httpAdapter }: Partial<HttpAdapterHost>,
    private readonly longLived: ReadonlyMap<string, LongLivedResponse> = new Map(),
    private readonly probes: ReadonlySet<string> = new Set(),
  ) {
    this.#framework = httpAdapter?.getInstance();
    if (isFastify(this.#framework)) this.#fastify = new FastifyRoutes(this.#framework);
  }

  /** The paths that GET can be sent to as they are: without parameters. */
  plainGetPaths(): string[] {
    const paths = this.#fastify?.getPaths() ?? expressGetPaths(this.#framework);
    return [...new Set(paths)].filter((path) => PLAIN_PATH.test(path));
  }

  /** The request that is answered, as the log names it. */
  labelOf(response: ServerResponse | Http2ServerResponse): string {
    return requestLabel(response, this.#nameOf);
  }

  /**
   * Whether a request is a health probe, as far as its route is known by now, or says that it is one.
   */
  isProbe(response: ServerResponse | Http2ServerResponse): boolean {
    const userAgent = response.req.headers['user-agent'];
    if (userAgent !== undefined && isProber(userAgent)) return true;
    return this.isProbeRoute(response);
  }

  /** Whether its route is one that answers health probes, whatever the client says of itself. */
  isProbeRoute(response: ServerResponse | Http2ServerResponse): boolean {
    return this.probes.size > 0 && this.probes.has(routeName(response, this.#nameOf) ?? '');
  }

  /** What the route of a response says about it; undefined if nothing, or if none is reached yet. */
  longLivedResponse(response: ServerResponse | Http2ServerResponse): LongLivedResponse | undefined {
    if (this.longLived.size === 0) return undefined;
    return this.longLived.get(routeName(response, this.#nameOf) ?? '');
  }
}
