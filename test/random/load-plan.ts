import * as fc from 'fast-check';

/** One request, and how it is sent. */
export interface RequestPlan {
  readonly kind: 'hello' | 'slow' | 'echo' | 'file' | 'raw';
  /** How long its handler takes, about. */
  readonly ms: number;
  /** Pauses between its parts; none for all at once. */
  readonly pausesMs: readonly number[];
}

/** One connection, and what is sent on it. */
export interface ClientPlan {
  readonly startMs: number;
  readonly requests: readonly RequestPlan[];
  /** Whether requests are sent without waiting for the response before. */
  readonly isPipelined: boolean;
  /** How long it thinks between two requests. */
  readonly thinkMs: number;
  /** When it goes away without a word; `undefined` for not at all. */
  readonly abortMs: number | undefined;
  /** Whether it begins one more request that it never ends. */
  readonly endsHalf: boolean;
}

export interface LoadPlan {
  readonly adapter: 'express' | 'fastify';
  readonly gracePeriodMs: number;
  readonly drainTimeoutMs: number;
  readonly idleLingerMs: number;
  readonly signalMs: number;
  /** How much later the second signal comes, if one does. */
  readonly secondSignalMs: number | undefined;
  readonly clients: readonly ClientPlan[];
}

const request: fc.Arbitrary<RequestPlan> = fc.record({
  kind: fc.constantFrom('hello', 'slow', 'echo', 'file', 'raw'),
  ms: fc.oneof(fc.nat(50), fc.nat(600)),
  pausesMs: fc.oneof(fc.constant([]), fc.array(fc.nat(150), { maxLength: 3 })),
});

const client: fc.Arbitrary<ClientPlan> = fc.record({
  startMs: fc.nat(800),
  requests: fc.array(request, { maxLength: 4 }),
  isPipelined: fc.boolean(),
  thinkMs: fc.oneof(fc.constant(0), fc.nat(300)),
  abortMs: fc.option(fc.nat(1000), { nil: undefined, freq: 5 }),
  endsHalf: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

export const loads: fc.Arbitrary<LoadPlan> = fc.record({
  adapter: fc.constantFrom('express', 'fastify'),
  gracePeriodMs: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 400 })),
  drainTimeoutMs: fc.integer({ min: 100, max: 1500 }),
  idleLingerMs: fc.nat(400),
  signalMs: fc.nat(800),
  secondSignalMs: fc.option(fc.integer({ min: 200, max: 750 }), { nil: undefined, freq: 4 }),
  clients: fc.array(client, { minLength: 3, maxLength: 25 }),
});
