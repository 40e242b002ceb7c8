import { closeSync, openSync } from 'node:fs';

/** One hangup causes several signals, because the shell passes on the kernel's SIGHUP. */
const HANGUP_MS = 1000;

/**
 * The terminal that this process was started from, if there is one. When it closes, the kernel sends
 * SIGHUP, the same signal that asks for a reload.
 *
 * @internal
 */
export class Terminal {
  #isOpen: boolean;
  #closedAt = -Infinity;

  /** @param opens - whether there is a terminal that can be opened */
  constructor(
    private readonly now: () => number,
    private readonly opens: () => boolean = hasTerminal,
  ) {
    this.#isOpen = opens();
  }

  /** @returns whether the SIGHUP that has just come means that the terminal has closed */
  hasClosed(): boolean {
    if (this.#isOpen && !this.opens()) {
      this.#isOpen = false;
      this.#closedAt = this.now();
    }
    return this.now() - this.#closedAt < HANGUP_MS;
  }
}

/** The kernel detaches the terminal from its processes before it signals them: tty_io.c. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
