export { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
export { GracefulRestart, type GracefulRestartOptions } from './primary/graceful-restart.js';
export type { RestartHooks, Veto } from './restart-hooks.js';
export type { ReloadResult, RestartStatus, WorkerStatus } from './restart-status.js';
