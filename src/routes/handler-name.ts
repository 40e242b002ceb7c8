import 'reflect-metadata';

const HANDLER_NAME = 'nestjs-drain:handler';
const REQUEST_NAME = Symbol('nestjs-drain:request');
/**
 * The metadata key of `@RouteConfig()` of platform-fastify, which becomes the `config` of a route.
 */
const FASTIFY_CONFIG = '__fastify_route_config__';

/**
 * Writes its name beside each handler of a controller. Nest copies a handler's metadata to the
 * function it gives to the router, which is how the name gets there.
 *
 * @internal
 */
export function nameHandlers(controller: {
  readonly name: string;
  readonly prototype: object;
}): void {
  for (const [name, method] of methodsOf(controller.prototype)) {
    Reflect.defineMetadata(HANDLER_NAME, `${controller.name}.${name}`, method);
  }
}

/** The methods of a class and its base classes. Runs no getter. @internal */
export function methodsOf(prototype: object | null): [string, object][] {
  // Includes classes that extend null.
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name, { value }]): [string, object] => [name, value as object]);
  return [...methodsOf(Object.getPrototypeOf(prototype) as object | null), ...own];
}

/** The name of a handler. Nest 12 names the function itself (and Fastify binds it). @internal */
export function handlerName(handler: unknown): string | undefined {
  if (typeof handler !== 'function') return undefined;
  if (handler.name.includes('.')) return handler.name.replace(/^bound /, '');
  return Reflect.getMetadata(HANDLER_NAME, handler) as string | undefined;
}

/**
 * Writes its name into the configuration of a handler's route on Fastify. If the path has
 * parameters, Nest 11 puts another function before the handler, without metadata.
 *
 * @internal
 */
export function nameInFastifyConfig(handler: object, name: string): void {
  const config = Reflect.getMetadata(FASTIFY_CONFIG, handler) as object | undefined;
  Reflect.defineMetadata(FASTIFY_CONFIG, { ...config, [HANDLER_NAME]: name }, handler);
}

/** @internal */
export function nameFromFastifyConfig(
  config: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  return config?.[HANDLER_NAME] as string | undefined;
}

/**
 * Names the handler of a request whose route does not tell: the resolver of a GraphQL query.
 *
 * @internal
 */
export function nameRequest(request: object, name: string): void {
  Reflect.set(request, REQUEST_NAME, name);
}

/** @internal */
export function nameOfRequest(request: object): string | undefined {
  return Reflect.get(request, REQUEST_NAME) as string | undefined;
}
