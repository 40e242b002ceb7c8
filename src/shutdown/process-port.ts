/**
 * What a shutdown needs of its process. Injected, so that a test ends none.
 *
 * @internal
 */
export interface ProcessPort {
  /** The process that gets the signals in place of this one; undefined where it gets its own. */
  readonly signalledPid?: number;
  /** False in a worker thread: Node delivers signals to the main thread only. */
  readonly getsSignals?: boolean;
  /** The name of a runtime on which requests are not counted. */
  readonly unsupportedRuntime?: string | undefined;
  onSignal(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): () => void;
  /** @param listener - is told whether another listener takes the error, too */
  onCrash(listener: (error: unknown, isTaken: boolean) => void): () => void;
  /** Calls back, synchronously, when the process ends, whoever ends it. */
  onExit(listener: (code: number) => void): void;
  /** Whether peers can connect to a server of this process, whoever made it. */
  hasServers(): boolean;
  /** All listeners of a signal, by whomever. */
  listeners(signal: NodeJS.Signals): readonly object[];
  /** Whether a person sits at the other end of standard input. */
  isTerminal(): boolean;
  /** Ends the process now. */
  exit(code: number): void;
  /**
   * Lets the process end by itself. What still holds the event loop after `waitMs` is told to
   * `onHeld`, and the process is ended.
   */
  exitWhenIdle(code: number, waitMs: number, onHeld: (resources: readonly string[]) => void): void;
  /**
   * Calls back once nothing holds the event loop any more; after `waitMs` at the latest, with what
   * still does.
   */
  onIdle(waitMs: number, callback: (resources: readonly string[]) => void): void;
  /** Nobody reads its output any more (a pipe is broken), which is no reason to end any sooner. */
  ignoreOutputErrors(): void;
  /** Kills the process after `ms` even if its event loop is blocked. */
  startWatchdog(ms: number): void;
}
