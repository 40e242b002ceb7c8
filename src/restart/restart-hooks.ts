import type { ReloadResult } from './restart-status.js';

/**
 * The functions that the primary calls around a reload and a stop. Each may take 10 s. One that
 * throws is named in the log, and the service keeps running.
 *
 * @publicApi
 */
export interface RestartHooks {
  /** Called before a reload starts any worker. `false` or an error cancels the reload. */
  beforeReload?(): Veto;
  /** Called after a reload, whether it succeeded or not. */
  afterReload?(result: ReloadResult): void | Promise<void>;
  /**
   * Called before the workers are told to leave. `false` keeps the service running; an error does
   * not.
   */
  beforeStop?(signal: NodeJS.Signals): Veto;
  /** Called after all workers are gone, before the primary ends. */
  afterStop?(): void | Promise<void>;
  /**
   * The functions to call around signals to the primary, by the name of the signal: `before` the
   * service acts on it, and `after` that has begun. If a signal means nothing to the service, such
   * as SIGUSR1 or SIGTSTP, nothing else happens; the workers ignore it.
   */
  readonly onSignal?: SignalHooks;
}

/** A hook for each signal, by its name. @publicApi */
export type SignalHooks = {
  readonly [Name in NodeJS.Signals]?: (
    signal: NodeJS.Signals,
    when: 'before' | 'after',
  ) => void | Promise<void>;
};

/** The answer of a hook: `false` means no, anything else means yes. @publicApi */
export type Veto = boolean | void | Promise<boolean | void>;
