import { redirectListen } from '../../sockets/redirect-listen.js';
import { systemClock } from '../../shutdown/clock.js';
import { thisProcess } from '../../shutdown/this-process.js';
import type { WorkerSettings } from '../protocol.js';
import { FairAccept } from './fair-accept.js';
import { PrimaryLink } from './primary-link.js';
import { SharedListeners } from './shared-listeners.js';
import { processChannel } from './worker-channel.js';
import { takeWorkerSettings } from './worker-settings.js';
import { Worker } from './worker.js';
import { workerPort } from './worker-port.js';

const KEY = Symbol.for('nestjs-drain.worker.v1');
const registry = globalThis as { [KEY]?: Worker };

/**
 * This process as a worker; undefined where it is none. Found through the global object, because
 * the first of two copies of this package takes the settings. From the first call on, servers
 * listen on sockets of the primary, and signals are left to it.
 *
 * @internal
 */
export function thisWorker(): Worker | undefined {
  if (registry[KEY] !== undefined) return registry[KEY];
  const settings = takeWorkerSettings();
  if (settings !== undefined) registry[KEY] = begin(settings);
  return registry[KEY];
}

function begin(settings: WorkerSettings): Worker {
  const signals = new Set<NodeJS.Signals>();
  const port = workerPort(settings.primaryPid, settings.ignores, (signal) => signals.add(signal));
  // Whoever reads the output of the service may be gone, which must not end its workers.
  port.ignoreOutputErrors();
  const process = thisProcess(port);
  const link = new PrimaryLink(processChannel);
  const listeners = new SharedListeners(link);
  const worker = new Worker(settings, link, listeners, process, systemClock, signals);
  const fairAccept = new FairAccept(systemClock);
  redirectListen((query, server) => {
    worker.listens(server);
    if (settings.isOneOfSeveral) fairAccept.add(server);
    return listeners.take(query, server);
  });
  return worker;
}
