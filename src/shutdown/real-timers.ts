import { performance as timeline } from 'node:perf_hooks';
import * as timers from 'node:timers';

/**
 * Node's timers as they are when this file is loaded. A test may replace them by fake ones, which
 * would stand still while an application closes. Named imports of `node:timers` stay what they were
 * when the globals and the module's properties are replaced.
 *
 * @internal
 */
export const realTimers = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  now: timeline.now.bind(timeline),
};
