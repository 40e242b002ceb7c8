const FIRST_MS = 100;
const FACTOR = 1.5;
const LONGEST_MS = 30_000;

/**
 * The pause before a dead worker is replaced: none at first, then longer each time.
 *
 * @internal
 */
export class Backoff {
  #deaths = 0;

  /** @returns ms */
  next(): number {
    const deaths = this.#deaths++;
    return deaths === 0 ? 0 : Math.min(LONGEST_MS, Math.round(FIRST_MS * FACTOR ** (deaths - 1)));
  }

  reset(): void {
    this.#deaths = 0;
  }
}
