import { onceReported } from './contained.js';

/**
 * A listener that many emitters share. A closure for each would cost memory on every connection, or
 * time on every request. An exception stays here, as in `contained()`.
 *
 * @param heard - called with the emitter
 * @internal
 */
export function sharedListener<Emitter>(
  heard: (emitter: Emitter) => void,
): (this: Emitter) => void {
  const report = onceReported();
  return function () {
    try {
      heard(this);
    } catch (error) {
      report(error);
    }
  };
}
