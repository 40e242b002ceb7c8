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

/** Prepared for the look-up, which goes over all routes for each request that ends. */
interface KnownRoute {
  readonly route: FastifyRoute;
  readonly segments: readonly string[];
  /** Whether more segments may follow. */
  readonly isOpen: boolean;
  readonly parameters: number;
}

/**
 * The names of Fastify's handlers by their paths. They are looked up when a line is logged, because
 * a hook would cost time on every request.
 *
 * @internal
 */
export class FastifyRoutes {
  readonly #routes: KnownRoute[] = [];

  constructor(fastify: Fastify) {
    try {
      fastify.addHook('onRoute', (route) => {
        this.#routes.push(known(route));
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
    let best: KnownRoute | undefined;
    for (const one of this.#routes) {
      if (best !== undefined && one.parameters >= best.parameters) continue;
      if (matches(one, asked) && one.route.method.includes(method)) best = one;
    }
    return handlerName(best?.route.handler) ?? nameFromFastifyConfig(best?.route.config);
  }
}

function known(route: FastifyRoute): KnownRoute {
  const segments = route.url.split('/');
  const isOpen = route.url.endsWith('*');
  return { route, segments, isOpen, parameters: segments.filter(isParameter).length };
}

function matches({ segments, isOpen }: KnownRoute, asked: readonly string[]): boolean {
  if (isOpen ? asked.length < segments.length : asked.length !== segments.length) return false;
  return segments.every((segment, i) => segment === asked[i] || isParameter(segment));
}

function isParameter(segment: string): boolean {
  return segment.includes(':') || segment.includes('*');
}
