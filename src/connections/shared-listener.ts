import { contained } from './contained.js';

/**
 * A listener that many emitters share: a closure for each of them would be kept by every connection,
 * or paid by every request.
 *
 * @param heard - called with the emitter
 * @internal
 */
export function sharedListener<Emitter>(
  heard: (emitter: Emitter) => void,
): (this: Emitter) => void {
  return contained(function () {
    heard(this);
  });
}
