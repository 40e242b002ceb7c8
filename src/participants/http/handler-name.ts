import 'reflect-metadata';

const HANDLER_NAME = 'nestjs-drain:handler';

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

/** The methods of a class and of those it extends. */
function methodsOf(prototype: object): [string, object][] {
  if (prototype === Object.prototype) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name, { value }]): [string, object] => [name, value as object]);
  return [...methodsOf(Object.getPrototypeOf(prototype) as object), ...own];
}

/** The name of a handler: Nest 12 names the function itself (and Fastify binds it). @internal */
export function handlerName(handler: unknown): string | undefined {
  if (typeof handler !== 'function') return undefined;
  if (handler.name.includes('.')) return handler.name.replace(/^bound /, '');
  return Reflect.getMetadata(HANDLER_NAME, handler) as string | undefined;
}
