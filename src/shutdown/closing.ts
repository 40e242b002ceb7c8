import type { Clock } from './clock.js';
import { type Flush, Flushes } from './flush.js';
import type { PromisedEnd } from './promised-end.js';
import type { ShutdownObservers } from './shutdown-observer.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import type { EndedBy } from './shutdown-state.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';
import { nothingToTearDown, type Teardown } from './teardown.js';
import { closeTimeout } from './timeout-errors.js';
import { aborted, within } from './within.js';

/** What closing needs from its sequence. @internal */
export interface ClosingHost {
  /** Whether the process ends with this shutdown, at the promised end. May become true meanwhile. */
  readonly endsProcess: boolean;
  fail(failure: ShutdownFailure): void;
}

/**
 * The teardown of the application, then the flushes. They get the rest of the budget, including what
 * the drain did not use.
 *
 * @internal
 */
export class Closing {
  readonly #flushes: Flushes;
  /** Takes the application apart. */
  teardown: Teardown = nothingToTearDown;

  constructor(
    private readonly closeTimeoutMs: number,
    private readonly end: PromisedEnd,
    private readonly observers: ShutdownObservers,
    private readonly host: ClosingHost,
    private readonly clock: Clock,
  ) {
    this.#flushes = new Flushes(clock);
  }

  /** Adds a flush, which runs at the very end. */
  addFlush(flush: Flush): () => void {
    return this.#flushes.add(flush);
  }

  /** The time left for the teardown, without the share of the flushes. */
  teardownRemainingMs(): number {
    return this.end.remainingMs() - this.#flushes.reserveMs(this.closeTimeoutMs);
  }

  /** @returns why it ended; a teardown that took too long has been recorded as a failure */
  async run(trigger: ShutdownTrigger): Promise<EndedBy> {
    const begin = this.clock.now();
    const closing = this.#tearDown(trigger);
    let isClosed = await this.#isTornDown(closing, begin);
    if (!isClosed) {
      const error = closeTimeout(this.clock.now() - begin, this.closeTimeoutMs);
      for (const where of this.teardown.unfinished()) this.host.fail({ where, error });
    }
    if (!isClosed && !this.host.endsProcess) {
      // `app.close()` has no promised end: its caller decides how long to wait.
      await Promise.race([closing, aborted(this.end.moved)]);
      isClosed = await this.#isTornDown(closing, begin);
    }
    await this.#flush();
    return isClosed ? 'done' : 'timeout';
  }

  /** @returns whether it ended in time; the end may move during the wait */
  async #isTornDown(closing: Promise<void>, begin: number): Promise<boolean> {
    for (;;) {
      const { moved } = this.end;
      const usedMs = this.clock.now() - begin;
      const leftMs = this.host.endsProcess
        ? this.teardownRemainingMs()
        : this.closeTimeoutMs - usedMs;
      if (await within(this.clock, leftMs, closing, moved)) return true;
      if (!moved.aborted) return false;
    }
  }

  async #tearDown(trigger: ShutdownTrigger): Promise<void> {
    const { observers } = this;
    try {
      await this.teardown.run(trigger, {
        failed: (failure) => this.host.fail(failure),
        hookBegan: (hook) => observers.tell((one) => one.hookBegan?.(hook)),
        hookEnded: (hook, outcome) => observers.tell((one) => one.hookEnded?.(hook, outcome)),
        hookUnreadable: (hook, error) => observers.tell((one) => one.hookUnreadable?.(hook, error)),
      });
    } catch (error) {
      this.host.fail({ where: 'close()', error });
    }
  }

  async #flush(): Promise<void> {
    const result = await this.#flushes.run(
      this.host.endsProcess ? this.end.remainingMs() : Infinity,
    );
    if (result !== undefined) this.observers.tell((observer) => observer.flushed?.(result));
  }
}
