import { performance as timeline } from 'node:perf_hooks';
import * as timers from 'node:timers';

/**
 * The timers of Node as they are when this file is loaded: a test may put fake ones in their place,
 * which stand still while an application is closed. Named imports of `node:timers` stay what they
 * were when the globals and the module's properties are replaced.
 *
 * @internal
 */
export const realTimers = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  now: timeline.now.bind(timeline),
};
