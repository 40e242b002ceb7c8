import { systemClock } from '../../shutdown/clock.js';
import { Terminal } from './terminal.js';

/** `npx` passes on a Ctrl-C that the terminal has already delivered: one wish, two signals. */
const ECHO_MS = 30;

/** @internal */
export interface SignalHandlers {
  stop(signal: NodeJS.Signals): void;
  reload(): void;
  /** SIGHUP, because the terminal has closed. */
  terminalClosed(): void;
}

/**
 * @returns what ends the listening
 * @internal
 */
export function listenToSignals(handlers: SignalHandlers): () => void {
  let last: { signal: NodeJS.Signals; at: number } | undefined;
  const terminal = new Terminal(() => systemClock.now());
  const onSignal = (signal: NodeJS.Signals) => {
    const at = systemClock.now();
    const isEcho = last?.signal === signal && at - last.at < ECHO_MS;
    last = { signal, at };
    if (isEcho) return;
    if (signal === 'SIGHUP' && terminal.hasClosed()) handlers.terminalClosed();
    else if (signal === 'SIGHUP' || signal === 'SIGUSR2') handlers.reload();
    else handlers.stop(signal);
  };
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR2'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => signals.forEach((signal) => process.off(signal, onSignal));
}
