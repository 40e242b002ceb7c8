/** The option that says when consumers stop. @internal */
export interface StopConsumers {
  readonly stopConsumers: 'auto' | 'at-signal' | 'after-requests';
}

/**
 * When a consumer stops. At the signal, because another instance takes what comes from then on;
 * after the requests, if this application itself waits for what the consumer does.
 *
 * @param waitsForIt - whether the application waits for what it consumes; asked by `auto` only
 * @internal
 */
export function stopOf(
  { stopConsumers }: StopConsumers,
  waitsForIt: () => boolean,
): 'grace' | 'last' {
  const isLast = stopConsumers === 'auto' ? waitsForIt() : stopConsumers === 'after-requests';
  return isLast ? 'last' : 'grace';
}
