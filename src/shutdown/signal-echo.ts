import type { Clock } from './clock.js';

/**
 * How long a repeated signal counts as an echo. GNU `timeout` signals its child and then the whole
 * process group; `npm start` passes on a Ctrl-C that the terminal has delivered already. On a busy
 * machine the second signal comes up to a period of the CPU quota (100 ms) later. Nobody presses
 * Ctrl-C twice that fast.
 *
 * @internal
 */
export const ECHO_MS = 150;

/** Tells the echo of a signal from a second one. @internal */
export class SignalEcho {
  #last: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  /** @returns whether this signal is an echo of the last real one */
  isEcho(signal: NodeJS.Signals): boolean {
    const at = this.clock.now();
    const last = this.#last;
    if (last?.signal === signal && at - last.at < ECHO_MS) return true;
    this.#last = { signal, at };
    return false;
  }
}
