import type { Clock } from '../../shutdown/clock.js';
import { sleep, within } from '../../shutdown/within.js';

/** One that takes longer is out of reach; its client would wait until it comes back. */
const LONGEST_MS = 2000;
const LOOK_AGAIN_MS = 10;

/**
 * A broker, as far as a server that leaves waits for it: for a while, and only once for one that
 * has become silent.
 *
 * @internal
 */
export class Broker {
  #owed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly longestMs = LONGEST_MS,
  ) {}

  /**
   * Waits for its answer.
   *
   * @throws what the client library throws, and if there is no answer
   */
  async answers(answer: unknown): Promise<void> {
    const answered = Promise.resolve(answer);
    if (await within(this.clock, this.#patienceMs, answered)) return void (await answered);
    this.#owed += 1;
    const paid = () => void (this.#owed -= 1);
    answered.then(paid, paid);
    throw new Error('the broker does not answer');
  }

  /**
   * Waits until it is so, where no event tells.
   *
   * @throws if it does not become so
   */
  async does(isSo: () => boolean): Promise<void> {
    const end = this.clock.now() + this.#patienceMs;
    while (!isSo()) {
      if (this.clock.now() >= end) throw new Error('the broker does not accept what it is sent');
      await sleep(this.clock, LOOK_AGAIN_MS);
    }
  }

  get #patienceMs(): number {
    return this.#owed > 0 ? 0 : this.longestMs;
  }
}
