/**
 * Gives each connection a lane that it keeps: nothing jumps. A lane is free again once its last
 * connection has left the window.
 */
export class Lanes {
  /** By lane: the id of the connection that has it. */
  #owners = [];

  /** @returns the lane of each connection, by id */
  assign(connections) {
    const ids = new Set(connections.map(({ id }) => id));
    this.#owners = this.#owners.map((owner) => (ids.has(owner) ? owner : undefined));
    const lanes = new Map(this.#owners.map((owner, lane) => [owner, lane]));
    for (const { id } of connections) {
      if (lanes.has(id)) continue;
      const free = this.#owners.indexOf(undefined);
      const lane = free === -1 ? this.#owners.length : free;
      this.#owners[lane] = id;
      lanes.set(id, lane);
    }
    while (this.#owners.length > 0 && this.#owners.at(-1) === undefined) this.#owners.pop();
    return lanes;
  }

  get count() {
    return this.#owners.length;
  }
}
