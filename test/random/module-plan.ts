import * as fc from 'fast-check';

import type { HttpAdapterName } from './module-application.js';

/** What happens to an application, one after the other. */
export type Step =
  | { readonly do: 'request' | 'work' | 'probe' | 'close' | 'shutdown' }
  | { readonly do: 'answer' | 'abort' | 'end work'; readonly which: number }
  | { readonly do: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly do: 'pass'; readonly ms: number };

export interface Plan {
  readonly adapter: HttpAdapterName;
  readonly options: {
    readonly gracePeriodMs: number;
    readonly drainTimeoutMs: number;
    readonly closeTimeoutMs: number;
    readonly idleLingerMs: number;
  };
  /** Whether its hook throws. */
  readonly hookThrows: boolean;
  readonly steps: readonly Step[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'request' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'work' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'probe' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'close' }, { do: 'shutdown' }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'answer' as const,
        'answer' as const,
        'abort' as const,
        'end work' as const,
      ),
      which: fc.nat(6),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      signal: fc.constantFrom<NodeJS.Signals>('SIGTERM', 'SIGINT'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.oneof(fc.nat(1500), fc.nat(15_000)),
    }),
  },
);

export const plans: fc.Arbitrary<Plan> = fc.record({
  adapter: fc.constantFrom('express', 'fastify'),
  options: fc.record({
    gracePeriodMs: fc.oneof(fc.constant(0), fc.nat(10_000)),
    drainTimeoutMs: fc.integer({ min: 100, max: 25_000 }),
    closeTimeoutMs: fc.integer({ min: 100, max: 6000 }),
    idleLingerMs: fc.nat(2000),
  }),
  hookThrows: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  steps: fc.array(step, { minLength: 5, maxLength: 30 }),
});
