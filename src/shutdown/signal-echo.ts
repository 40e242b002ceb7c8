import type { Clock } from './clock.js';

/**
 * `npm start` and `npx` pass on a Ctrl-C that the terminal has already delivered to the whole group
 * of processes: one wish, two signals.
 *
 * @internal
 */
export const ECHO_MS = 30;

/** Tells the echo of a signal from a second one. @internal */
export class SignalEcho {
  #last: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  /** @returns whether this signal repeats the one before it */
  isEcho(signal: NodeJS.Signals): boolean {
    const at = this.clock.now();
    const last = this.#last;
    this.#last = { signal, at };
    return last?.signal === signal && at - last.at < ECHO_MS;
  }
}
