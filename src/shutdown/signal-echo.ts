import type { Clock } from './clock.js';

/**
 * One wish, two signals: `timeout` of GNU sends a signal to its child and then to the whole group of
 * processes, `npm start` passes on a Ctrl-C that the terminal has delivered already. On a busy
 * machine the second comes when the sender runs again, up to a period of the CPU quota (100 ms) later.
 * Nobody presses Ctrl-C twice that fast.
 *
 * @internal
 */
export const ECHO_MS = 150;

/** Tells the echo of a signal from a second one. @internal */
export class SignalEcho {
  #last: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  /** @returns whether this signal repeats the last one that was no echo */
  isEcho(signal: NodeJS.Signals): boolean {
    const at = this.clock.now();
    const last = this.#last;
    if (last?.signal === signal && at - last.at < ECHO_MS) return true;
    this.#last = { signal, at };
    return false;
  }
}
