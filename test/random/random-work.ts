import type { DrainParticipant } from '../../src/shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../src/shutdown/shutdown-sequence.js';
import type { Findings } from './findings.js';
import type { Manner, WorkPlan } from './sequence-plan.js';

/** One kind of work, which behaves as planned and holds the shutdown to its contract. */
export class RandomWork implements DrainParticipant {
  readonly name = 'work';
  readonly stopsAt: 'grace' | 'draining';
  /** Whether something it was asked to do threw. */
  hasThrown = false;
  /** How many tasks were in flight when it was told to cut them. */
  cut = 0;
  readonly #told = new Set<'announce' | 'stopIntake' | 'force'>();
  #underWay = 0;
  #onIdle = () => {};

  constructor(
    private readonly plan: WorkPlan,
    private readonly sequence: ShutdownSequence,
    private readonly findings: Findings,
  ) {
    this.stopsAt = plan.stopsAt;
    sequence.deadlineSignal.addEventListener('abort', () => {
      if (plan.heedsDeadline) this.#endAll();
    });
  }

  /** Whether the shutdown has to wait for it: what says nothing of its work cannot be waited for. */
  get isAwaited(): boolean {
    return this.#underWay > 0 && this.plan.active === 'well' && this.plan.drain !== 'throws';
  }

  /** Whether it has nothing to be waited for, and says so. */
  get isDone(): boolean {
    const { stopIntake, drain } = this.plan;
    return this.#underWay === 0 && stopIntake !== 'hangs' && drain !== 'hangs';
  }

  begin(): void {
    this.#underWay += 1;
  }

  end(): void {
    if (this.#underWay === 0) return;
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#onIdle();
  }

  announce(windowMs: number): void {
    const { state, budget } = this.sequence;
    this.#toldOnce('announce');
    this.findings.expect(state === 'grace', `peers are told to go in ${state}`);
    this.findings.expect(windowMs < budget.gracePeriodMs, 'the last peer told has time to answer');
  }

  async stopIntake(): Promise<void> {
    const { state } = this.sequence;
    const isDue = state === 'grace' ? this.stopsAt === 'grace' : state !== 'closing';
    this.#toldOnce('stopIntake');
    this.findings.expect(isDue, `intake of ${this.stopsAt} stops in ${state}`);
    await this.#act(this.plan.stopIntake);
  }

  active(): number {
    if (this.plan.active === 'throws') this.#throw();
    return this.#underWay;
  }

  async drain(): Promise<void> {
    this.findings.expect(this.#told.has('stopIntake'), 'intake stops before the drain');
    await this.#act(this.plan.drain);
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  force(): void {
    const { state, deadlineSignal } = this.sequence;
    this.#toldOnce('force');
    this.findings.expect(state === 'forcing', `work is cut in ${state}`);
    this.findings.expect(deadlineSignal.aborted, 'work is told before it is cut');
    this.cut = this.#underWay;
    this.#endAll();
  }

  idleMs(): number {
    return this.plan.idleMs;
  }

  #endAll(): void {
    this.#underWay = 0;
    this.#onIdle();
  }

  async #act(manner: Manner): Promise<void> {
    if (manner === 'throws') this.#throw();
    if (manner === 'hangs') await new Promise(() => {});
  }

  #throw(): never {
    this.hasThrown = true;
    throw new Error('not today');
  }

  #toldOnce(what: 'announce' | 'stopIntake' | 'force'): void {
    this.findings.expect(!this.#told.has(what), `${what} comes once`);
    this.#told.add(what);
  }
}
