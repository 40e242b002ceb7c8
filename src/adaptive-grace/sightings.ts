/** A peer, with the time it was last seen. @internal */
export interface Seen {
  /** By the clock; Infinity while the peer is connected. */
  readonly seenAt: number;
}

const KEPT_AT_MOST = 256;
const FORGOTTEN_AFTER_MS = 600_000;

/**
 * The peers seen in the last ten minutes, up to a bound. Peers beyond the bound share one entry, so
 * that nobody can fill the table and hide the others.
 *
 * @internal
 */
export class Sightings<T extends Seen> {
  readonly #all = new Map<string, T>();
  #others: T | undefined;

  /** @returns the entry of that name, made if it is new; the shared entry if there is no room */
  see(name: string, now: number, make: () => T): T {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    if (this.#all.size >= KEPT_AT_MOST) this.#forget(now);
    if (this.#all.size >= KEPT_AT_MOST) return (this.#others ??= make());
    const seen = make();
    this.#all.set(name, seen);
    return seen;
  }

  recent(now: number): T[] {
    this.#forget(now);
    return [...this.#all.values(), ...(this.#others ? [this.#others] : [])];
  }

  #forget(now: number): void {
    for (const [name, seen] of this.#all) if (isOld(seen, now)) this.#all.delete(name);
    if (this.#others && isOld(this.#others, now)) this.#others = undefined;
  }
}

function isOld({ seenAt }: Seen, now: number): boolean {
  return seenAt < now - FORGOTTEN_AFTER_MS;
}
