import type { Clock } from '../shutdown/clock.js';
import { sleep, within } from '../shutdown/within.js';

/** A broker that takes longer is out of reach; its client would wait until it comes back. */
const LONGEST_MS = 2000;
const LOOK_AGAIN_MS = 10;

/**
 * Bounds how long a leaving server waits for its broker. A broker that was silent once is not
 * waited for again.
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
   * Waits for the broker's answer.
   *
   * @throws the error of the client library, or if there is no answer
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
   * Polls until a condition holds, where there is no event.
   *
   * @throws if it never holds
   */
  async does(isSo: () => boolean): Promise<void> {
    const end = this.clock.now() + this.#patienceMs;
    while (!isSo()) {
      if (this.clock.now() >= end) throw new Error('the broker accepts no data');
      await sleep(this.clock, LOOK_AGAIN_MS);
    }
  }

  get #patienceMs(): number {
    return this.#owed > 0 ? 0 : this.longestMs;
  }
}
