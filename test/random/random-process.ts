import { ProcessShutdown } from '../../src/shutdown/process-shutdown.js';
import { isAwaited, type ShutdownTrigger } from '../../src/shutdown/shutdown-trigger.js';
import { ECHO_MS } from '../../src/shutdown/signal-echo.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { FakeProcess } from '../../src/testing/fake-process.js';
import { Findings } from './findings.js';
import { OwnTimers } from './own-timers.js';
import { RandomApplication } from './random-application.js';
import type { RandomWork } from './random-work.js';
import type { ApplicationPlan, Plan, Step } from './sequence-plan.js';

/** How much later than the promised end a process may be gone: a sequence that says why. */
const MARGIN_MS = 50;
/** Longer than work that was asked before is asked again. */
const A_WHILE_MS = 20;
/** Longer than anything an application does by itself. */
const LONG_MS = 200_000;

/** A process with applications, to which things happen as planned. Watches that it keeps its promises. */
export class RandomProcess {
  readonly #findings = new Findings();
  readonly #clock = new FakeClock();
  readonly #ownTimers = new OwnTimers(this.#clock);
  readonly #port = new FakeProcess();
  readonly #process = new ProcessShutdown(this.#port, this.#clock);
  readonly #applications: RandomApplication[] = [];
  /** Closed, and no longer of this process. */
  readonly #left = new Set<RandomApplication>();
  readonly #leaving = new Set<Promise<void>>();
  #signals = 0;
  #last: { signal: string; at: number } | undefined;
  #hasCrashed = false;
  /** When it has promised to be gone. */
  #goneBy = Infinity;
  #isAwaited = true;

  constructor(private readonly plan: Plan) {
    this.#port.terminal = plan.isTerminal;
    for (const application of plan.applications) this.#join(application);
  }

  async play(): Promise<void> {
    for (const step of this.plan.steps) {
      if (this.#isGone) break;
      await this.#play(step);
      this.#check();
    }
    await this.#end();
    this.#findings.throwIfAny();
  }

  get #exitCode(): number | undefined {
    return this.#port.exits[0] ?? this.#port.idleExits[0]?.code;
  }

  get #isGone(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Whether nobody waits for anything any more. */
  get #isOver(): boolean {
    if (this.#goneBy < Infinity) return this.#isGone;
    return this.#applications.every(({ sequence }) => sequence.state === 'closed');
  }

  get #work(): RandomWork[] {
    return this.#applications.flatMap(({ work }) => work);
  }

  async #play(step: Step): Promise<void> {
    switch (step.do) {
      case 'pass':
        await this.#pass(step.ms);
        break;
      case 'block':
        this.#clock.block(step.ms);
        this.#goneBy += step.ms;
        break;
      case 'signal':
        this.#signal(step.signal);
        break;
      case 'begin':
        this.#workOf(step.work).begin();
        break;
      case 'end':
        this.#workOf(step.work).end();
        break;
      case 'hand over':
        this.#workOf(step.work + 1).begin();
        this.#workOf(step.work).end();
        break;
      case 'close':
        this.#applications[step.application % this.#applications.length]!.start({ kind: 'close' });
        break;
      case 'crash':
        this.#crash();
        break;
      case 'shutdown':
        this.#leave({ kind: 'request' });
        break;
      case 'restart':
        this.#leave({ kind: 'restart' });
        break;
      case 'join':
        if (this.#applications.length < 3) this.#join(this.plan.late);
        break;
    }
    await this.#clock.flush();
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.advance(ms);
    if (ms < A_WHILE_MS || this.#isGone) return;
    for (const application of this.#applications) application.checkProgress();
  }

  #join(plan: ApplicationPlan): void {
    const application = new RandomApplication(
      plan,
      this.plan.budget,
      this.#clock,
      this.#ownTimers,
      this.#findings,
    );
    application.isForced = this.#signals > 1;
    const { sequence } = application;
    const leave = this.#process.join(application);
    sequence.observe({
      closed: () => {
        // As the real one does: after close(), nothing of it stays.
        if (sequence.endsProcess) return;
        leave();
        this.#left.add(application);
      },
    });
    this.#applications.push(application);
  }

  #workOf(number: number): RandomWork {
    return this.#work[number % this.#work.length]!;
  }

  #signal(signal: NodeJS.Signals): void {
    const at = this.#clock.now();
    const isEcho = this.#last?.signal === signal && at - this.#last.at < ECHO_MS;
    const isHeard = this.#port.signals.includes(signal);
    if (isHeard && !isEcho) {
      this.#last = { signal, at };
      this.#signals += 1;
    }
    if (this.#signals === 1) this.#promise({ kind: 'signal', signal, typed: this.plan.isTerminal });
    if (this.#signals === 2) for (const one of this.#applications) one.isForced = true;
    this.#port.emit(signal);
    this.#findings.expect(
      this.#signals < 3 || this.#port.exits[0] === 1,
      'the third exits at once',
    );
  }

  #crash(): void {
    if (!this.#port.listensToCrashes) return;
    this.#hasCrashed ||= !this.#isGone;
    if (this.#applications.some((one) => one.leavesOnCrash && !this.#left.has(one))) {
      this.#promise({ kind: 'crash', error: undefined });
    }
    this.#port.crash(new Error('crash'));
  }

  #leave(trigger: ShutdownTrigger): void {
    this.#promise(trigger);
    this.#leaving.add(this.#process.leave(trigger));
    this.#findings.expect(this.#leaving.size === 1, 'all who ask wait for the same');
  }

  /** From when on somebody waits for the end, and for how long. */
  #promise(trigger: ShutdownTrigger): void {
    const isFirst = this.#goneBy === Infinity;
    if (!isFirst && (this.#isAwaited || !isAwaited(trigger))) return;
    this.#isAwaited = isAwaited(trigger);
    const typed = trigger.kind === 'signal' && trigger.typed && trigger.signal === 'SIGINT';
    const budgeted = trigger.kind === 'signal' ? { ...trigger, typed } : trigger;
    const longest = this.#applications.map(({ sequence }) => sequence.longestMs(budgeted));
    this.#goneBy = Math.min(this.#goneBy, this.#clock.now() + Math.max(...longest) + MARGIN_MS);
  }

  #check(): void {
    for (const application of this.#applications) application.check();
    const isLate = !this.#isGone && this.#clock.now() > this.#goneBy;
    this.#findings.expect(!isLate, 'the process is gone at the deadline');
    this.#findings.throwIfAny();
  }

  /** Brings it to its end, and looks at that. */
  async #end(): Promise<void> {
    if (this.#goneBy === Infinity) {
      for (const application of this.#applications) application.start({ kind: 'close' });
    }
    await this.#clock.flush();
    while (!this.#isOver && this.#clock.timers > 0) {
      await this.#clock.advance(Math.max(0, this.#clock.nextInMs));
      this.#check();
    }
    if (this.#isGone) this.#checkExit();
    // A real process would be gone, with its timers.
    if (this.#port.exits.length > 0) return;
    this.#findings.expect(this.#clock.timers === this.#ownTimers.count, 'no timer is left');
    await this.#clock.advance(LONG_MS);
    this.#check();
    const exits = this.#port.exits.length + this.#port.idleExits.length;
    this.#findings.expect(exits < 2, 'it ends once');
  }

  #checkExit(): void {
    const code = this.#exitCode;
    const members = this.#applications.filter((application) => !this.#left.has(application));
    const hasFailed = this.#hasCrashed || members.some((one) => one.hasFailed);
    const wasForced = members.some(({ sequence }) => sequence.deadlineSignal.aborted);
    const wasLate = this.#port.exits.length > 0;
    for (const { exitCodes } of members) {
      this.#findings.expect(
        exitCodes.join() === String(code),
        'each is told once what it ends with',
      );
    }
    if (code === 0) this.#findings.expect(!hasFailed && !wasForced, 'what went wrong is told by 1');
    else this.#findings.expect(hasFailed || wasForced || wasLate, 'what went well is told by 0');
  }
}
