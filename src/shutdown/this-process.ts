import { systemClock } from './clock.js';
import { nodeProcess } from './node-process.js';
import type { ProcessPort } from './process-port.js';
import { ProcessShutdown } from './process-shutdown.js';

/** Its number changes whenever the members or methods that copies use of each other change. */
const KEY = Symbol.for('nestjs-drain.process.v2');
const registry = globalThis as { [KEY]?: ProcessShutdown };

/**
 * The one shutdown of this process. Found through the global object, because two copies of this
 * package with a shutdown each would cut each other short.
 *
 * @param port - used by the first call only
 * @internal
 */
export function thisProcess(port: ProcessPort = nodeProcess): ProcessShutdown {
  registry[KEY] ??= new ProcessShutdown(port, systemClock);
  return registry[KEY];
}
