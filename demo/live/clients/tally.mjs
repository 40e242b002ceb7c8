/** What became of the requests, as their clients see it. */
export class Tally {
  #tell;
  #counts = {
    sent: 0,
    inFlight: 0,
    answered: 0,
    /** Nobody took the connection: a client or a balancer may send it elsewhere. */
    refused: 0,
    /** Begun, and not answered: cut, reset, or an error of the server. */
    lost: 0,
    streams: 0,
    sockets: 0,
    steady: false,
  };

  constructor(tell) {
    this.#tell = tell;
  }

  sent() {
    this.#change({ sent: 1, inFlight: 1 });
  }

  /** @param end - `answered`, `refused` or `lost` */
  ended(end) {
    this.#change({ inFlight: -1, [end]: 1 });
  }

  opened(kind) {
    this.#change({ [kind]: 1 });
  }

  closed(kind) {
    this.#change({ [kind]: -1 });
  }

  steady(isOn) {
    this.#counts.steady = isOn;
    this.#change({});
  }

  #change(differences) {
    for (const [name, difference] of Object.entries(differences)) {
      this.#counts[name] += difference;
    }
    this.#tell({ type: 'clients', counts: { ...this.#counts } });
  }
}
