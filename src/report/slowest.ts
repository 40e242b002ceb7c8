/**
 * Keeps a fixed number of entries, those that took longest.
 *
 * @internal
 */
export class Slowest<Item> {
  /** The longest first. */
  readonly #kept: { readonly ms: number; readonly item: Item }[] = [];

  constructor(private readonly atMost: number) {}

  /** @param make - called only if the entry is kept */
  add(ms: number, make: () => Item): void {
    const isFull = this.#kept.length >= this.atMost;
    if (isFull && ms <= this.#kept.at(-1)!.ms) return;
    const rank = this.#kept.findIndex((kept) => ms > kept.ms);
    this.#kept.splice(rank === -1 ? this.#kept.length : rank, 0, { ms, item: make() });
    if (this.#kept.length > this.atMost) this.#kept.pop();
  }

  all(): Item[] {
    return this.#kept.map(({ item }) => item);
  }
}
