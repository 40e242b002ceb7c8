import { setMaxListeners } from 'node:events';

import type { Clock } from './clock.js';
import { Closing } from './closing.js';
import type { DrainParticipant, DrainTask } from './drain-participant.js';
import { Drain, type ParticipantState } from './drain.js';
import type { Flush } from './flush.js';
import { FixedGracePeriod, type GracePeriod } from './grace-period.js';
import { PromisedEnd } from './promised-end.js';
import {
  abortWindowMs,
  announceWindowMs,
  type ShutdownBudget,
  totalMs,
} from './shutdown-budget.js';
import { type ShutdownObserver, ShutdownObservers } from './shutdown-observer.js';
import type { ShutdownFailure, ShutdownOutcome } from './shutdown-outcome.js';
import type { ShutdownState, EndedBy } from './shutdown-state.js';
import {
  deservesGrace,
  endsTheProcess,
  isAwaited,
  type ShutdownTrigger,
} from './shutdown-trigger.js';
import type { Teardown } from './teardown.js';
import { drainTimeout } from './timeout-errors.js';
import { never, within } from './within.js';

/**
 * The shutdown of one application, from its trigger to the last hook. Runs at most once: later
 * triggers join it.
 *
 * @internal
 */
export class ShutdownSequence {
  readonly #intake = new AbortController();
  readonly #deadline = new AbortController();
  readonly #drain: Drain;
  readonly #failures: ShutdownFailure[] = [];
  readonly #observers = new ShutdownObservers((failure) => this.#failures.push(failure));
  /** Aborted when somebody begins to wait for the end of a restart. */
  readonly #leaveNow = new AbortController();
  /** Aborted when work in flight is to be cut now. */
  readonly #cutNow = new AbortController();
  #state: ShutdownState = 'running';
  #trigger: ShutdownTrigger | undefined;
  #endsProcess = false;
  #hasOwnParticipants = false;
  readonly #end: PromisedEnd;
  readonly #closing: Closing;
  #drainingSince = Infinity;
  #cut: readonly DrainTask[] = [];
  #outcome: Promise<ShutdownOutcome> | undefined;
  /** Whether peers can reach the application. Without peers there is no grace period. */
  isReachable = true;

  constructor(
    readonly budget: ShutdownBudget,
    private readonly clock: Clock,
    private readonly gracePeriod: GracePeriod = new FixedGracePeriod(clock),
  ) {
    this.#drain = new Drain(clock, (failure) => this.fail(failure));
    this.#end = new PromisedEnd(clock);
    this.#closing = new Closing(budget.closeTimeoutMs, this.#end, this.#observers, this, clock);
    // Every request and job may listen: many listeners are not a leak here.
    setMaxListeners(0, this.#intake.signal, this.#deadline.signal);
  }

  get state(): ShutdownState {
    return this.#state;
  }

  /** What began it; undefined while running. */
  get trigger(): ShutdownTrigger | undefined {
    return this.#trigger;
  }

  /** Whether the process ends with this shutdown. */
  get endsProcess(): boolean {
    return this.#endsProcess;
  }

  /**
   * Whether somebody waits for the end. Nobody does while another process serves on the same
   * sockets, unless a signal or a crash follows.
   */
  get isAwaited(): boolean {
    return !this.#trigger || isAwaited(this.#trigger) || this.#leaveNow.signal.aborted;
  }

  /** When the grace period ended, by the clock; Infinity before. */
  get drainingSince(): number {
    return this.#drainingSince;
  }

  get inFlight(): number {
    return this.#drain.active;
  }

  get intakeSignal(): AbortSignal {
    return this.#intake.signal;
  }

  get deadlineSignal(): AbortSignal {
    return this.#deadline.signal;
  }

  remainingMs(): number {
    return this.#end.remainingMs();
  }

  /**
   * The time until the deadline signal. Counted back from the promised end, so that a late timer
   * shortens only its own state.
   */
  drainRemainingMs(): number {
    return this.remainingMs() - this.budget.closeTimeoutMs - abortWindowMs(this.budget);
  }

  /** How long a shutdown that begins now may take. */
  longestMs(trigger: ShutdownTrigger): number {
    const gracePeriodMs = this.graceMs(trigger);
    return totalMs({ ...this.budget, gracePeriodMs, drainTimeoutMs: this.#drainMs(trigger) });
  }

  /** How long the grace period of a shutdown is that begins now. */
  graceMs(trigger: ShutdownTrigger): number {
    return this.isReachable && deservesGrace(trigger) ? this.budget.gracePeriodMs : 0;
  }

  tasks(): DrainTask[] {
    return this.#drain.tasks();
  }

  /** What holds the drain while nothing is in flight. */
  waitsFor(): string[] {
    return this.#drain.waitsFor();
  }

  /** Whether work comes by itself, as from a queue or a schedule. */
  get takesWork(): boolean {
    return this.#drain.takesWork();
  }

  /** Whether consumers were stopped at the signal. */
  get hasStoppedConsumers(): boolean {
    return this.#drain.hasStoppedConsumers();
  }

  get teardown(): Teardown {
    return this.#closing.teardown;
  }

  /** @param teardown - what takes the application apart in the end */
  adopt(teardown: Teardown): void {
    this.#closing.teardown = teardown;
  }

  participants(): ParticipantState[] {
    return this.#drain.states();
  }

  addParticipant(participant: DrainParticipant): () => void {
    return this.#drain.add(participant);
  }

  /** One of the application's own. */
  addOwnParticipant(participant: DrainParticipant): () => void {
    this.#hasOwnParticipants = true;
    return this.addParticipant(participant);
  }

  /** Whether the application has had participants of its own. */
  get hasOwnParticipants(): boolean {
    return this.#hasOwnParticipants;
  }

  /** Adds a flush, which runs at the very end. */
  addFlush(flush: Flush): () => void {
    return this.#closing.addFlush(flush);
  }

  observe(observer: ShutdownObserver): () => void {
    return this.#observers.add(observer);
  }

  /**
   * Begins the shutdown, or joins the one that runs. Readiness is red when this returns; after a
   * close(), at the end of the tick.
   */
  start(trigger: ShutdownTrigger): Promise<ShutdownOutcome> {
    this.#mayEndProcess(trigger);
    // The application's own signal listener may have called close() first.
    const isOpen = this.#state === 'running' && this.#trigger?.kind === 'close';
    if (isOpen && isAwaited(trigger)) this.#trigger = trigger;
    this.#trigger ??= trigger;
    this.#mayLeaveNow(trigger);
    if (this.#outcome === undefined) {
      // Set before it runs: an observer of its beginning may call this again.
      let begin!: (run: Promise<ShutdownOutcome>) => void;
      this.#outcome = new Promise((resolve) => (begin = resolve));
      begin(this.#begin(trigger));
    }
    return this.#outcome;
  }

  /** Tells the observers that the application has failed to start. It may still be closed. */
  abandon(): void {
    if (this.#trigger === undefined) this.tell((observer) => observer.released?.());
  }

  /** Records a failure. */
  fail(failure: ShutdownFailure): void {
    this.#failures.push(failure);
    this.tell((observer) => observer.failed?.(failure));
  }

  /** Tells its observers what happens to the process. */
  tell(news: (observer: ShutdownObserver) => void): void {
    this.#observers.tell(news);
  }

  /** Cuts the work in flight, and closes. */
  cutNow(): void {
    if (this.#state === 'closing') {
      this.#end.bringForward(this.budget.closeTimeoutMs);
      this.tell((observer) => observer.closesSooner?.());
    }
    this.#leaveNow.abort();
    this.#cutNow.abort();
  }

  /** The time left for the teardown, without the share of the flushes. */
  teardownRemainingMs(): number {
    return this.#closing.teardownRemainingMs();
  }

  /** A close() begins at the end of the tick, so that a signal can still join it. */
  async #begin(trigger: ShutdownTrigger): Promise<ShutdownOutcome> {
    if (trigger.kind === 'close') await Promise.resolve();
    return this.#run(this.#trigger ?? trigger);
  }

  async #run(trigger: ShutdownTrigger): Promise<ShutdownOutcome> {
    const begin = this.clock.now();
    const graceEnd = await this.#passGrace(trigger);
    const graceEndedAt = this.clock.now();
    const drainEnd = await this.#drainOrForce(graceEnd);
    const drainEndedAt = this.clock.now();
    this.#enter('closing', drainEnd);
    const closeEnd = await this.#closing.run(trigger);
    const outcome: ShutdownOutcome = {
      trigger,
      forced: this.deadlineSignal.aborted,
      cut: this.#cut,
      failures: [...this.#failures],
      took: {
        grace: graceEndedAt - begin,
        drain: drainEndedAt - graceEndedAt,
        close: this.clock.now() - drainEndedAt,
      },
    };
    this.#end.set(0);
    this.#enter('closed', closeEnd);
    this.tell((observer) => observer.closed?.(outcome));
    this.tell((observer) => observer.released?.());
    return outcome;
  }

  async #passGrace(trigger: ShutdownTrigger): Promise<EndedBy> {
    const gracePeriodMs = this.graceMs(trigger);
    this.#end.set(this.longestMs(trigger));
    this.#drain.takeStock();
    this.#enter('grace');
    this.#intake.abort();
    this.#drain.stopEarlyIntake();
    if (gracePeriodMs === 0) return 'elapsed';
    this.#drain.announce(announceWindowMs(this.budget));
    return this.gracePeriod.pass(gracePeriodMs, this.#cutNow.signal, this.#observers);
  }

  async #drainOrForce(graceEnd: EndedBy): Promise<EndedBy> {
    this.#drainingSince = this.clock.now();
    if (this.#cutNow.signal.aborted) return this.#force(never(), graceEnd);
    this.#enter('draining', graceEnd);
    const drained = this.#drain.run(this.deadlineSignal);
    if (!this.isAwaited && (await this.#isDrained(drained, this.#leaveNow.signal))) return 'done';
    if (await this.#isDrained(drained, this.#cutNow.signal)) return 'done';
    return this.#force(drained, this.#cutNow.signal.aborted ? 'signal' : 'timeout');
  }

  #isDrained(drained: Promise<void>, interrupt: AbortSignal): Promise<boolean> {
    return within(this.clock, this.drainRemainingMs(), drained, interrupt);
  }

  /** Idle peers that leave by themselves may need longer than work may take. */
  #drainMs(trigger: ShutdownTrigger): number {
    const { drainTimeoutMs } = this.budget;
    if (isAwaited(trigger)) return drainTimeoutMs;
    return Math.max(drainTimeoutMs, this.#drain.idleMs() + abortWindowMs(this.budget));
  }

  /** Somebody waits for the end now: moves it to where it would be if the shutdown began now. */
  #mayLeaveNow(trigger: ShutdownTrigger): void {
    if (this.isAwaited || !isAwaited(trigger) || !endsTheProcess(trigger)) return;
    this.#end.bringForward(this.budget.drainTimeoutMs + this.budget.closeTimeoutMs);
    this.#leaveNow.abort();
  }

  /** The process ends with this shutdown: from now on there is an end to keep. */
  #mayEndProcess(trigger: ShutdownTrigger): void {
    if (this.#endsProcess || !endsTheProcess(trigger)) return;
    this.#endsProcess = true;
    if (this.#state === 'closing') this.#end.putOff(this.budget.closeTimeoutMs);
  }

  async #force(drained: Promise<void>, endedBy: EndedBy): Promise<EndedBy> {
    const abortMs = this.#cutNow.signal.aborted ? 0 : abortWindowMs(this.budget);
    this.#end.bringForward(abortMs + this.budget.closeTimeoutMs);
    this.#enter('forcing', endedBy);
    this.#deadline.abort();
    const cutMs = Math.min(abortMs, this.remainingMs() - this.budget.closeTimeoutMs);
    if (await within(this.clock, cutMs, drained, this.#cutNow.signal)) return 'done';
    if (!this.#cutNow.signal.aborted) this.#nameUnfinished();
    this.#cut = this.#drain.cut();
    if (this.#cut.length > 0) this.tell((observer) => observer.cut?.(this.#cut));
    return this.#cutNow.signal.aborted ? 'signal' : 'timeout';
  }

  #nameUnfinished(): void {
    for (const where of this.#drain.unfinished()) {
      this.fail({ where, error: drainTimeout(this.budget.drainTimeoutMs) });
    }
  }

  #enter(state: ShutdownState, endedBy?: EndedBy): void {
    this.#state = state;
    this.tell((observer) => observer.entered?.(state, endedBy));
  }
}
