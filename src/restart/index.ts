/**
 * Graceful restart without the command: a primary that holds the sockets, and replaces its workers.
 *
 * @module nestjs-drain/restart
 */

export { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
export { GracefulRestart } from './primary/graceful-restart.js';
export type { RestartLog } from './primary/restart-log.js';
export type { GracefulRestartOptions } from './primary/restart-options.js';
export type { RestartHooks, SignalHooks, Veto } from './restart-hooks.js';
export type { ReloadResult, RestartStatus, WorkerStatus } from './restart-status.js';
