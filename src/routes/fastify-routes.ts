import { handlerName, nameFromFastifyConfig } from './handler-name.js';

interface FastifyRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly handler: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The part of Fastify that is used here. @internal */
export interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
}

/** @internal */
export function isFastify(instance: unknown): instance is Fastify {
  return typeof (instance as Partial<Fastify> | undefined)?.addHook === 'function';
}

/**
 * The names of Fastify's handlers by their paths. They are looked up when a line is logged, because
 * a hook would cost time on every request.
 *
 * @internal
 */
export class FastifyRoutes {
  readonly #routes: { readonly route: FastifyRoute; readonly segments: readonly string[] }[] = [];

  constructor(fastify: Fastify) {
    try {
      fastify.addHook('onRoute', (route) => {
        this.#routes.push({ route, segments: route.url.split('/') });
      });
    } catch {
      // It is ready: the adapter of an application that was made of the same testing module before.
      // Its routes are known, those of the next one have paths for names.
    }
  }

  /** The paths with a GET handler, as they were registered. */
  getPaths(): string[] {
    return this.#routes
      .filter(({ route }) => route.method.includes('GET'))
      .map(({ route }) => route.url);
  }

  /** The name of the handler; if several match, the one whose path has the fewest parameters. */
  nameOf(method: string, path: string): string | undefined {
    const asked = path.split('/');
    const fits = this.#routes
      .filter(({ route, segments }) => route.method.includes(method) && matches(segments, asked))
      .toSorted((a, b) => parameters(a.segments) - parameters(b.segments));
    const route = fits[0]?.route;
    return handlerName(route?.handler) ?? nameFromFastifyConfig(route?.config);
  }
}

function matches(pattern: readonly string[], asked: readonly string[]): boolean {
  const isOpen = pattern.at(-1)?.endsWith('*') === true;
  if (isOpen ? asked.length < pattern.length : asked.length !== pattern.length) return false;
  return pattern.every((segment, i) => isParameter(segment) || segment === asked[i]);
}

function parameters(segments: readonly string[]): number {
  return segments.filter(isParameter).length;
}

function isParameter(segment: string): boolean {
  return segment.includes(':') || segment.includes('*');
}
