import { systemClock } from '../../shutdown/clock.js';
import { becomeHost } from '../../shutdown/host.js';
import { thisProcess } from '../../shutdown/this-process.js';
import { redirectListen } from '../../sockets/redirect-listen.js';
import type { WorkerSettings } from '../protocol.js';
import { FairAccept } from './fair-accept.js';
import { PrimaryLink } from './primary-link.js';
import { SharedListeners } from './shared-listeners.js';
import { processChannel } from './worker-channel.js';
import { workerPort } from './worker-port.js';
import { Worker } from './worker.js';

/** This process is a worker from now on. @internal */
export function beginWorker(settings: WorkerSettings): void {
  const signals = new Set<NodeJS.Signals>();
  const port = workerPort(settings.primaryPid, settings.ignores, (signal) => signals.add(signal));
  // The reader of the service's output may be gone, which must not end its workers.
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
  becomeHost(worker);
}
