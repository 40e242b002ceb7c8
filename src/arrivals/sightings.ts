/** Of whom it is known when they were last seen. @internal */
export interface Seen {
  /** By the clock; Infinity while they are there. */
  readonly seenAt: number;
}

const KEPT_AT_MOST = 256;
const FORGOTTEN_AFTER_MS = 600_000;

/**
 * Who was seen in the last ten minutes, up to a bound.
 *
 * @internal
 */
export class Sightings<T extends Seen> {
  readonly #all = new Map<string, T>();
  #isIncomplete = false;

  /** Whether there were more than are kept: nothing may be said of all of them any more. */
  get isIncomplete(): boolean {
    return this.#isIncomplete;
  }

  /** @returns the one of that name, made if it is new; undefined if there is no room for it */
  see(name: string, now: number, make: () => T): T | undefined {
    const known = this.#all.get(name);
    if (known !== undefined || this.#isIncomplete) return known;
    if (this.#all.size >= KEPT_AT_MOST) this.#forget(now);
    if (this.#all.size >= KEPT_AT_MOST) {
      this.#isIncomplete = true;
      return undefined;
    }
    const seen = make();
    this.#all.set(name, seen);
    return seen;
  }

  recent(now: number): T[] {
    this.#forget(now);
    return [...this.#all.values()];
  }

  #forget(now: number): void {
    for (const [name, { seenAt }] of this.#all) {
      if (seenAt < now - FORGOTTEN_AFTER_MS) this.#all.delete(name);
    }
  }
}
