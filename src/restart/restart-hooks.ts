import type { ReloadResult } from './restart-status.js';

/**
 * What is to happen around reload and stop, in the primary. A hook may be asynchronous, for at most
 * 10 s. One that throws is named in the log; the service lives on.
 *
 * @publicApi
 */
export interface RestartHooks {
  /** Before any worker is started. `false` or an error calls the reload off. */
  beforeReload?(): Veto;
  /** After a reload, whether it went well or not. */
  afterReload?(result: ReloadResult): void | Promise<void>;
  /** Before any worker is told to leave. `false` keeps the service; an error does not. */
  beforeStop?(signal: NodeJS.Signals): Veto;
  /** After all workers are gone, before the primary ends. */
  afterStop?(): void | Promise<void>;
  /**
   * Around any signal that the primary gets, by its name: `before` what the service does upon it, and
   * `after` that has begun. Upon a signal that means nothing to the service, such as SIGUSR1 or
   * SIGTSTP, it does nothing else; the workers ignore it.
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

/** `false` says no; anything else is a yes. @publicApi */
export type Veto = boolean | void | Promise<boolean | void>;
