import { systemClock } from './clock.js';
import { nodeProcess } from './node-process.js';
import { ProcessShutdown } from './process-shutdown.js';

const KEY = Symbol.for('nestjs-drain.process.v1');
const registry = globalThis as { [KEY]?: ProcessShutdown };

/**
 * The one shutdown of this process. Found through the global object, because two copies of this
 * package with a shutdown each would cut each other short.
 *
 * @internal
 */
export function thisProcess(): ProcessShutdown {
  registry[KEY] ??= new ProcessShutdown(nodeProcess, systemClock);
  return registry[KEY];
}
