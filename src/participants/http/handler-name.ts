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
  const methods = Object.getOwnPropertyDescriptors(controller.prototype);
  for (const [name, { value }] of Object.entries(methods)) {
    if (typeof value !== 'function' || name === 'constructor') continue;
    Reflect.defineMetadata(HANDLER_NAME, `${controller.name}.${name}`, value as object);
  }
}

/** The name of a handler: Nest 12 names the function itself (and Fastify binds it). @internal */
export function handlerName(handler: unknown): string | undefined {
  if (typeof handler !== 'function') return undefined;
  if (handler.name.includes('.')) return handler.name.replace(/^bound /, '');
  return Reflect.getMetadata(HANDLER_NAME, handler) as string | undefined;
}
