import type { BuiltProviders } from '../../nest/built-provider.js';

/**
 * What is used of a `ClientProxy` of `@nestjs/microservices`: what Nest documents for clients of
 * one's own.
 *
 * @internal
 */
export interface ClientProxy {
  connect(): Promise<unknown>;
  dispatchEvent(packet: { readonly pattern: unknown }): Promise<unknown>;
  close(): unknown;
  /** Not published. The connection that is being made; of Kafka, `initialized`. */
  readonly connectionPromise?: Promise<unknown> | null;
  readonly initialized?: Promise<unknown> | null;
}

/** The clients among the providers of an application. @internal */
export function clientProxiesOf(providers: BuiltProviders): ClientProxy[] {
  const instances = new Set(providers().map(({ instance }) => instance));
  return [...instances].filter(isClientProxy);
}

function isClientProxy(instance: object): instance is ClientProxy & object {
  try {
    let prototype = Reflect.getPrototypeOf(instance);
    while (prototype !== null && !isOfClientProxy(prototype)) {
      prototype = Reflect.getPrototypeOf(prototype);
    }
    return prototype !== null;
  } catch {
    // A proxy may throw.
    return false;
  }
}

/** By name: `@nestjs/microservices` is not imported, and an application may have two of it. */
function isOfClientProxy(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof made === 'function' && made.name === 'ClientProxy' && 'emit' in prototype;
}
