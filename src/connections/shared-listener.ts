import { contained } from './contained.js';

/**
 * A listener that many emitters share. A closure for each would cost memory on every connection, or
 * time on every request.
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
