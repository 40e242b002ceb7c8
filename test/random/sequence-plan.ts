import * as fc from 'fast-check';

import type { ShutdownBudget } from '../../src/shutdown/shutdown-budget.js';

/** How a part of an application fares when the shutdown calls it. */
export type Manner = 'well' | 'throws' | 'hangs';

/** One kind of work of an application. */
export interface WorkPlan {
  readonly stopsAt: 'grace' | 'draining';
  readonly stopIntake: Manner;
  readonly drain: Manner;
  readonly active: 'well' | 'throws';
  /** Whether its work ends when the deadline signal fires. */
  readonly heedsDeadline: boolean;
  readonly idleMs: number;
}

export interface HookPlan {
  readonly manner: Manner;
  readonly ms: number;
}

export interface ApplicationPlan {
  readonly work: readonly WorkPlan[];
  readonly hooks: readonly HookPlan[];
  readonly flush: HookPlan | undefined;
  readonly leavesOnCrash: boolean;
  readonly hasBadObserver: boolean;
}

/** What happens to a process, one after the other. */
export type Step =
  | { readonly do: 'pass' | 'block'; readonly ms: number }
  | { readonly do: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly do: 'begin' | 'end' | 'hand over'; readonly work: number }
  | { readonly do: 'close'; readonly application: number }
  | { readonly do: 'shutdown' | 'restart' | 'crash' | 'join' };

export interface Plan {
  readonly budget: ShutdownBudget;
  readonly isTerminal: boolean;
  readonly applications: readonly ApplicationPlan[];
  /** The one that joins later. */
  readonly late: ApplicationPlan;
  readonly steps: readonly Step[];
}

/** Mostly well: one thing that goes wrong is seen only where not everything does. */
const manner = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Manner>('well') },
  { weight: 1, arbitrary: fc.constantFrom<Manner>('throws', 'hangs') },
);

const hook: fc.Arbitrary<HookPlan> = fc.record({ manner, ms: fc.nat(8000) });

const work: fc.Arbitrary<WorkPlan> = fc.record({
  stopsAt: fc.constantFrom('grace', 'draining'),
  stopIntake: manner,
  drain: manner,
  active: fc.oneof(
    { weight: 12, arbitrary: fc.constant('well' as const) },
    { weight: 1, arbitrary: fc.constant('throws' as const) },
  ),
  heedsDeadline: fc.boolean(),
  idleMs: fc.constantFrom(0, 0, 5000, 70_000),
});

const application: fc.Arbitrary<ApplicationPlan> = fc.record({
  work: fc.array(work, { minLength: 1, maxLength: 3 }),
  hooks: fc.array(hook, { maxLength: 3 }),
  flush: fc.option(hook, { nil: undefined, freq: 3 }),
  leavesOnCrash: fc.boolean(),
  hasBadObserver: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: someMs() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const), ms: fc.nat(3000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      signal: fc.constantFrom<NodeJS.Signals>('SIGTERM', 'SIGINT'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('begin' as const), work: fc.nat(8) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('end' as const), work: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hand over' as const), work: fc.nat(8) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('close' as const), application: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('shutdown' as const, 'restart' as const, 'crash' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'join' as const }) },
);

/** From an echo of a signal to longer than any budget. */
function someMs(): fc.Arbitrary<number> {
  return fc.oneof(fc.nat(300), fc.nat(1500), fc.nat(15_000), fc.nat(60_000));
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  budget: fc.record({
    gracePeriodMs: fc.oneof(fc.constant(0), fc.nat(10_000)),
    drainTimeoutMs: fc.oneof(fc.constant(0), fc.nat(25_000)),
    closeTimeoutMs: fc.oneof(fc.constant(0), fc.nat(6000)),
  }),
  isTerminal: fc.boolean(),
  applications: fc.array(application, { minLength: 1, maxLength: 2 }),
  late: application,
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
});
