import { systemClock } from '../../shutdown/clock.js';
import { SignalEcho } from '../../shutdown/signal-echo.js';
import { Terminal } from './terminal.js';

const RELOADS: ReadonlySet<NodeJS.Signals> = new Set(['SIGHUP', 'SIGUSR2']);
const STOPS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];

/** @internal */
export interface SignalHandlers {
  stop(signal: NodeJS.Signals): void;
  reload(): void;
  /** SIGHUP came because the terminal has closed. */
  terminalClosed(): void;
  /** Runs the user's hooks around a signal. */
  around(signal: NodeJS.Signals, happens: () => void): void;
}

/**
 * Handles the signals of the primary, until `end()`.
 *
 * @internal
 */
export class PrimarySignals {
  readonly #terminal = new Terminal(() => systemClock.now());
  readonly #listened = new Set<NodeJS.Signals>();
  readonly #stops = new Set<NodeJS.Signals>(STOPS);
  readonly #echo = new SignalEcho(systemClock);

  constructor(private readonly handlers: SignalHandlers) {
    this.listenTo([...RELOADS, ...STOPS]);
  }

  /** Adds signals that stop the service; reload signals keep their meaning. */
  stopBy(signals: Iterable<NodeJS.Signals>): void {
    for (const signal of signals) this.#stops.add(signal);
    this.listenTo(this.#stops);
  }

  /** Adds signals that only have hooks; their default action is prevented. */
  listenTo(signals: Iterable<NodeJS.Signals>): void {
    for (const signal of signals) {
      if (this.#listened.has(signal)) continue;
      this.#listened.add(signal);
      process.on(signal, this.#onSignal);
    }
  }

  end(): void {
    for (const signal of this.#listened) process.off(signal, this.#onSignal);
    this.#listened.clear();
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#echo.isEcho(signal)) return;
    const isHangup = signal === 'SIGHUP' && this.#terminal.hasClosed();
    this.handlers.around(signal, () => {
      if (isHangup) this.handlers.terminalClosed();
      else if (RELOADS.has(signal)) this.handlers.reload();
      else if (this.#stops.has(signal)) this.handlers.stop(signal);
    });
  };
}
