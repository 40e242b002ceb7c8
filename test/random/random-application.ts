import type { Clock } from '../../src/shutdown/clock.js';
import type { ProcessMember } from '../../src/shutdown/process-member.js';
import { abortWindowMs, type ShutdownBudget } from '../../src/shutdown/shutdown-budget.js';
import type { ShutdownOutcome } from '../../src/shutdown/shutdown-outcome.js';
import { ShutdownSequence } from '../../src/shutdown/shutdown-sequence.js';
import { SHUTDOWN_STATES, type ShutdownState } from '../../src/shutdown/shutdown-state.js';
import {
  deservesGrace,
  endsTheProcess,
  type ShutdownTrigger,
} from '../../src/shutdown/shutdown-trigger.js';
import type { Teardown, TeardownObserver } from '../../src/shutdown/teardown.js';
import { sleep } from '../../src/shutdown/within.js';
import type { Findings } from './findings.js';
import { RandomWork } from './random-work.js';
import type { ApplicationPlan, HookPlan } from './sequence-plan.js';

/** Of times that are sums of fractions. */
const ROUNDING_MS = 0.001;

/** An application with no Nest in it, which behaves as planned and watches its own shutdown. */
export class RandomApplication implements ProcessMember, Teardown {
  readonly signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];
  readonly leavesOnCrash: boolean;
  readonly sequence: ShutdownSequence;
  readonly work: readonly RandomWork[];
  /** What the process was going to end with, each time it was. */
  readonly exitCodes: number[] = [];
  /** Whether a second signal has come. */
  isForced = false;
  #hasFailed = false;
  #runningHooks = 0;
  #state: ShutdownState = 'running';
  #promise: Promise<ShutdownOutcome> | undefined;
  #earliestDeadline = Infinity;
  #end = Infinity;
  #endsProcess = false;

  /** @param clock - the one of the shutdown */
  constructor(
    private readonly plan: ApplicationPlan,
    budget: ShutdownBudget,
    private readonly clock: Clock,
    /** Of the application itself. */
    private readonly ownClock: Clock,
    private readonly findings: Findings,
  ) {
    this.leavesOnCrash = plan.leavesOnCrash;
    this.sequence = new ShutdownSequence(budget, clock);
    this.sequence.adopt(this);
    this.work = plan.work.map((work) => new RandomWork(work, this.sequence, findings));
    for (const work of this.work) this.sequence.addParticipant(work);
    if (plan.flush !== undefined) this.#flush(plan.flush);
    this.sequence.observe({
      entered: (state) => this.#entered(state),
      exits: (code) => void this.exitCodes.push(code),
    });
    if (plan.hasBadObserver) this.sequence.observe({ entered: () => this.#throw() });
  }

  /** Whether something went wrong that the exit code has to tell of. */
  isServer(): boolean {
    return true;
  }

  isReachable(): boolean {
    return true;
  }

  get hasFailed(): boolean {
    return this.#hasFailed || this.work.some(({ cut, hasThrown }) => cut > 0 || hasThrown);
  }

  start(trigger: ShutdownTrigger): void {
    const promise = this.sequence.start(trigger);
    this.findings.expect(promise === (this.#promise ??= promise), 'all who ask wait for the same');
    // A signal of the same tick may still join it.
    if (this.sequence.trigger?.kind === 'close') return;
    this.findings.expect(this.sequence.state !== 'running', 'it has begun when start() returns');
    this.findings.expect(this.sequence.intakeSignal.aborted, 'intake stops at once');
  }

  /** Looks at it between two steps. */
  check(): void {
    const { state, deadlineSignal, intakeSignal } = this.sequence;
    const { findings } = this;
    findings.expect(state === this.#state, `${state} was told of`);
    findings.expect(intakeSignal.aborted === (state !== 'running'), 'intake has stopped');
    if (state !== 'closed') this.#checkTime();
    if (state === 'grace' || state === 'draining') {
      findings.expect(!deadlineSignal.aborted, `no deadline in ${state}`);
    }
  }

  /** Looks at it after a while. */
  checkProgress(): void {
    const isOver = this.work.every(({ isDone }) => isDone);
    const { state } = this.sequence;
    this.findings.expect(!isOver || state !== 'draining', 'a drain with nothing in flight is over');
    this.findings.expect(!isOver || state !== 'forcing', 'nothing is left to be cut');
  }

  isCreated(): boolean {
    return true;
  }

  isStarting(): boolean {
    return false;
  }

  async run(trigger: ShutdownTrigger, observer: TeardownObserver): Promise<void> {
    this.findings.expect(this.sequence.state === 'closing', 'hooks run while closing');
    for (const [i, hook] of this.plan.hooks.entries()) {
      const name = `Hook${i}.onModuleDestroy`;
      observer.hookBegan(name);
      this.#runningHooks += 1;
      const error = await this.#act(hook).catch((thrown: unknown) => thrown);
      this.#runningHooks -= 1;
      if (error !== undefined) observer.failed({ where: name, error });
      observer.hookEnded(name, error === undefined ? 'completed' : 'failed');
    }
  }

  unfinished(): readonly string[] {
    // Asked when the time for closing is up.
    this.#hasFailed = true;
    return this.#runningHooks > 0 ? ['a hook'] : ['close()'];
  }

  #entered(state: ShutdownState): void {
    const { findings, clock } = this;
    const isForward = SHUTDOWN_STATES.indexOf(state) > SHUTDOWN_STATES.indexOf(this.#state);
    findings.expect(isForward, `${state} comes after ${this.#state}`);
    this.#state = state;
    if (state === 'grace') this.#begin(this.sequence.trigger!);
    if (state === 'forcing') {
      const isDue = clock.now() >= this.#earliestDeadline - ROUNDING_MS;
      findings.expect(isDue || this.isForced, 'time is up, or a second signal has come');
    }
    if (state !== 'closing' || this.sequence.deadlineSignal.aborted) return;
    for (const { isAwaited } of this.work) findings.expect(!isAwaited, 'torn down under its work');
  }

  #begin(trigger: ShutdownTrigger): void {
    const { budget } = this.sequence;
    const graceMs = deservesGrace(trigger) ? budget.gracePeriodMs : 0;
    const drainMs = budget.drainTimeoutMs - abortWindowMs(budget);
    this.#earliestDeadline = this.clock.now() + graceMs + drainMs;
    this.findings.expect(this.sequence.endsProcess === endsTheProcess(trigger), 'who ends it');
  }

  /** The promised end only ever comes nearer. */
  #checkTime(): void {
    const remainingMs = this.sequence.remainingMs();
    const end = this.clock.now() + remainingMs;
    // Nobody had promised an end to a close() that a signal has joined since.
    if (this.sequence.endsProcess !== this.#endsProcess) this.#end = Infinity;
    this.#endsProcess = this.sequence.endsProcess;
    if (remainingMs > 0) {
      this.findings.expect(end <= this.#end + ROUNDING_MS, 'nothing adds to the budget');
      this.#end = end;
    }
  }

  #flush(plan: HookPlan): void {
    this.sequence.addFlush({
      timeoutMs: 1000,
      run: () => this.#act(plan, false),
    });
  }

  async #act({ manner, ms }: HookPlan, counts = true): Promise<void> {
    await sleep(this.ownClock, ms);
    if (manner === 'hangs') await new Promise(() => {});
    if (manner !== 'throws') return;
    if (counts) this.#hasFailed = true;
    throw new Error('not today');
  }

  #throw(): never {
    this.#hasFailed = true;
    throw new Error('bad observer');
  }
}
