import { setTimeout as sleep } from 'node:timers/promises';

/** One connection to an instance. */
export interface Peer {
  /** Resolves with whether the answer came; false once the connection has gone. */
  send(id: number): Promise<boolean>;
  close(): void;
}

export type Connect = (port: number) => Promise<Peer>;

const AGAIN_MS = 20;
/** How many messages of one connection wait for their answers. */
const PIPELINED = 3;

/**
 * Clients that send one numbered message after the other, and each again until it has its answer:
 * over a new connection to another instance, once theirs has gone.
 */
export class NumberedClients {
  readonly answered: number[] = [];
  /** How often a connection was lost. */
  reconnects = 0;
  #last = 0;
  #isStopped = false;
  readonly #running: Promise<void>[];

  constructor(
    private readonly connect: Connect,
    private readonly ports: readonly number[],
    count: number,
  ) {
    this.#running = Array.from({ length: count }, (_, i) => this.#run(i));
  }

  /** Resolves when every message has its answer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #run(first: number): Promise<void> {
    const unanswered = new Set<number>();
    for (let turn = first; !this.#isStopped || unanswered.size > 0; turn++) {
      const peer = await this.connect(this.ports[turn % this.ports.length]!).catch(() => undefined);
      if (peer === undefined) {
        await sleep(AGAIN_MS);
        continue;
      }
      const again = [...unanswered];
      const lanes = Array.from({ length: PIPELINED }, () => this.#use(peer, again, unanswered));
      const lost = (await Promise.all(lanes)).includes(false);
      if (lost) this.reconnects += 1;
      peer.close();
    }
  }

  /** @returns false once the connection has gone */
  async #use(peer: Peer, again: number[], unanswered: Set<number>): Promise<boolean> {
    for (;;) {
      const next = again.shift() ?? (this.#isStopped ? undefined : ++this.#last);
      if (next === undefined) return true;
      unanswered.add(next);
      if (!(await peer.send(next))) return false;
      unanswered.delete(next);
      this.answered.push(next);
    }
  }
}
