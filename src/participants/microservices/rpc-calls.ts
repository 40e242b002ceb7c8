import type { Clock } from '../../shutdown/clock.js';
import type { WorkUnderWay } from '../../shutdown/drain-participant.js';
import type { Broker } from './broker.js';

/** A message whose handler runs. @internal */
export interface RpcCall {
  readonly label: string;
  readonly context: unknown;
  readonly since: number;
}

/**
 * The messages that one server handles.
 *
 * @internal
 */
export class RpcCalls {
  readonly #underWay = new Set<RpcCall>();
  #begun = 0;
  #replies = 0;
  #onIdle = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly broker: Broker,
  ) {}

  /** How many there have been. */
  get begun(): number {
    return this.#begun;
  }

  get active(): number {
    return this.#underWay.size;
  }

  get all(): Iterable<RpcCall> {
    return this.#underWay;
  }

  underWay(): WorkUnderWay[] {
    const now = this.clock.now();
    return [...this.#underWay].map(({ label, since }) => ({ label, ageMs: now - since }));
  }

  /** @returns what ends it */
  begin(label: string, context: unknown): () => void {
    const call = { label, context, since: this.clock.now() };
    this.#underWay.add(call);
    this.#begun += 1;
    return () => {
      this.#underWay.delete(call);
      if (this.active === 0) this.#onIdle();
    };
  }

  /** A reply is handed to the client library, which may take its time. @returns what ends it */
  beginReply(): () => void {
    this.#replies += 1;
    return () => void (this.#replies -= 1);
  }

  /** Resolves when no handler runs. */
  async idle(): Promise<void> {
    do {
      if (this.active > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
      // A message is decoded before its handler begins, a reply sent the tick after its end.
      await this.clock.turn();
      await this.clock.turn();
    } while (this.active > 0);
  }

  /** Resolves when no reply is on its way. */
  async replied(): Promise<void> {
    await this.broker.does(() => this.#replies === 0);
  }
}
