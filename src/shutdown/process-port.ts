/**
 * The process, as a shutdown uses it. Injected, so that a test does not end its own.
 *
 * @internal
 */
export interface ProcessPort {
  /** The process that gets the signals in place of this one; undefined if this one does. */
  readonly signalledPid?: number;
  /** False in a worker thread: Node delivers signals to the main thread only. */
  readonly getsSignals?: boolean;
  /** The name of a runtime on which requests are not counted. */
  readonly unsupportedRuntime?: string | undefined;
  onSignal(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): () => void;
  /** @param listener - called with the error, and whether another listener takes it, too */
  onCrash(listener: (error: unknown, isTaken: boolean) => void): () => void;
  /** Calls back, synchronously, when the process ends for any reason. */
  onExit(listener: (code: number) => void): void;
  /** Whether peers can connect to any server of this process. */
  hasServers(): boolean;
  /** All listeners of a signal. */
  listeners(signal: NodeJS.Signals): readonly object[];
  /** Whether a person sits at the other end of standard input. */
  isTerminal(): boolean;
  /** Ends the process now. */
  exit(code: number): void;
  /**
   * Lets the process end by itself. After `waitMs`, calls `onHeld` with what still holds the event
   * loop, and ends the process.
   */
  exitWhenIdle(code: number, waitMs: number, onHeld: (resources: readonly string[]) => void): void;
  /** Calls back once nothing holds the event loop, or after `waitMs` with what still does. */
  onIdle(waitMs: number, callback: (resources: readonly string[]) => void): void;
  /** Ignores errors of standard output and error: a broken pipe must not end the process. */
  ignoreOutputErrors(): void;
  /** Kills the process after `ms` even if its event loop is blocked. */
  startWatchdog(ms: number): void;
}
