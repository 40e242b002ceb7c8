import { describe, expect, it } from 'vitest';

import { silenceNeededMs } from './silence.js';

const EPS = 1e-4;
const RUNS = 100_000;
const WINDOW_MS = 60_000;
const MIN_MS = 5000;
const GRACE_MS = 10_000;

/** Uniform in [0, 1), the same sequence each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws how many arrivals of a Poisson process a window had; by its distribution, which is fast. */
function poisson(mean: number, random: () => number): () => number {
  const cumulated: number[] = [];
  const last = Math.ceil(mean + 10 * Math.sqrt(mean) + 20);
  for (let n = 0, log = -mean, sum = 0; n <= last; n += 1, log += Math.log(mean / n)) {
    sum += Math.exp(log);
    cumulated.push(sum);
  }
  return () => {
    const u = random();
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const known: number[][] = [];

/** Worked out once: the simulation asks for the same a million times. */
function neededMs(counted: number, arrivals: number): number {
  const byArrivals = (known[counted] ??= []);
  return (byArrivals[arrivals] ??= silenceNeededMs(counted, WINDOW_MS, arrivals, EPS));
}

/**
 * When a node is first said to send no more, after the begin; Infinity if never.
 *
 * @param counted - its connections in the window before
 * @param rate - a second, of those that it makes from then on; 0 if it has stopped
 */
function silentAt(counted: number, rate: number, random: () => number): number {
  let arrivedAt = 0;
  for (let arrivals = 0; arrivedAt < GRACE_MS; arrivals += 1) {
    const next = rate > 0 ? arrivedAt - (1000 * Math.log(1 - random())) / rate : Infinity;
    // The silence must still last at the earliest end.
    const at = next < MIN_MS ? Infinity : Math.max(MIN_MS, arrivedAt + neededMs(counted, arrivals));
    if (at < Math.min(next, GRACE_MS)) return at;
    arrivedAt = next;
  }
  return Infinity;
}

interface Simulation {
  /** Of each node, connections a second before the shutdown. */
  readonly rates: readonly number[];
  /** Which of them go on. */
  readonly sends: (node: number) => boolean;
}

/** @returns the times of the early exits */
function simulate({ rates, sends }: Simulation, seed: number): number[] {
  const random = seeded(seed);
  const nodes = rates.map((rate, i) => ({
    counted: poisson((rate * WINDOW_MS) / 1000, random),
    rate: sends(i) ? rate : 0,
  }));
  const exits: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    let last = 0;
    for (const { counted, rate } of nodes) {
      last = Math.max(last, silentAt(counted(), rate, random));
      if (last === Infinity) break;
    }
    if (last < Infinity) exits.push(last);
  }
  return exits;
}

const even = (total: number, nodes: number): number[] =>
  Array.from({ length: nodes }, () => total / nodes);
const onlyLast =
  (nodes: number): Simulation['sends'] =>
  (node) =>
    node === nodes - 1;
const all = (): boolean => true;

describe('while a balancer still sends', () => {
  it.each([
    { what: '0.1 connections/s by 1 node', rates: even(0.1, 1), sends: all },
    { what: '0.1 connections/s by 8 nodes', rates: even(0.1, 8), sends: all },
    { what: '1 connection/s by 1 node', rates: even(1, 1), sends: all },
    { what: '1 connection/s by 8 nodes', rates: even(1, 8), sends: all },
    { what: '10 connections/s by 1 node', rates: even(10, 1), sends: all },
    { what: '10 connections/s by 8 nodes', rates: even(10, 8), sends: all },
    { what: 'the last of 8 nodes alone, 10/s before', rates: even(10, 8), sends: onlyLast(8) },
    // By their average rate, which is that of the 8 nodes above, the slow one would not be waited for.
    {
      what: 'the slow one of two nodes alone, 9.5/s and 0.5/s before',
      rates: [9.5, 0.5],
      sends: onlyLast(2),
    },
    {
      what: 'the slowest of 8 nodes alone, seven times as slow as the others',
      rates: [...even(9.8, 7), 0.2],
      sends: onlyLast(8),
    },
  ])('silence is mistaken for the end at most once in 10,000 times: $what', ({ rates, sends }) => {
    const exits = simulate({ rates, sends }, 42);
    expect(exits.length / RUNS).toBeLessThan(1e-3);
    // The bound that is promised, and three standard deviations of a sample of this size.
    expect(exits.length).toBeLessThanOrEqual(RUNS * EPS + 3 * Math.sqrt(RUNS * EPS));
    expect(exits.every((at) => at >= MIN_MS)).toBe(true);
  });
});

describe('once a balancer has stopped', () => {
  it('the end of steady traffic is noticed at the earliest time', () => {
    const exits = simulate({ rates: even(10, 1), sends: () => false }, 7);
    expect(exits).toHaveLength(RUNS);
    expect(new Set(exits)).toEqual(new Set([MIN_MS]));
  });

  it('the end of one connection a second is noticed later, if in time', () => {
    const exits = simulate({ rates: even(1, 1), sends: () => false }, 7);
    expect(exits.length).toBeGreaterThan(RUNS / 10);
    expect(Math.min(...exits.slice(0, 1000))).toBeGreaterThan(MIN_MS);
  });

  it('the end of one connection in ten seconds is not noticed', () => {
    expect(simulate({ rates: even(0.1, 1), sends: () => false }, 7).length).toBeLessThan(
      RUNS / 100,
    );
  });
});

describe('the silence that counts as the end of the traffic', () => {
  it('is ln(1/eps) divided by the rate if much was counted', () => {
    expect(silenceNeededMs(60_000, 60_000, 0, 2e-6)).toBeCloseTo(Math.log(1e6), 1);
  });

  it('is longer if less was counted at the same rate', () => {
    expect(silenceNeededMs(10, 1000, 0, EPS)).toBeGreaterThan(silenceNeededMs(600, 60_000, 0, EPS));
  });

  it('is longer after each arrival', () => {
    expect(silenceNeededMs(600, 60_000, 10, EPS)).toBeGreaterThan(
      silenceNeededMs(600, 60_000, 9, EPS),
    );
  });

  it('is infinite if nothing was counted', () => {
    expect(silenceNeededMs(0, 60_000, 0, EPS)).toBe(Infinity);
  });
});
