import { type BuiltProviders, isOfClass } from '../../nest/built-provider.js';

/**
 * The part of a `ClientProxy` of `@nestjs/microservices` that is used here. Nest documents it for
 * custom clients.
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
  return [...instances].filter(
    (one): one is ClientProxy => isOfClass(one, 'ClientProxy') && 'dispatchEvent' in one,
  );
}
