/**
 * The first thing that a worker runs, before its application is loaded: the primary starts it with
 * `--import`. Its servers then listen on sockets of the primary, and signals are left to the
 * primary.
 *
 * Child processes and threads of a worker inherit the option, where this does nothing.
 */
import { takeWorkerSettings } from './worker-settings.js';

const settings = takeWorkerSettings();
if (settings !== undefined) {
  const { beginWorker } = await import('./begin-worker.js');
  beginWorker(settings);
}
