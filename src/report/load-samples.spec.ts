import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { LoadSamples } from './load-samples.js';

/** One request comes each 10 ms. */
function setUp() {
  const clock = new FakeClock();
  const samples = new LoadSamples(clock, 0, () => ({
    inFlight: 1,
    connections: 2,
    received: Math.floor(clock.now() / 10),
  }));
  return { clock, samples };
}

describe('LoadSamples', () => {
  it('takes a sample every 25 ms', async () => {
    const { clock, samples } = setUp();
    await clock.advance(60);
    expect(samples.all()).toEqual([
      { atMs: 0, inFlight: 1, connections: 2, received: 0 },
      { atMs: 25, inFlight: 1, connections: 2, received: 2 },
      { atMs: 50, inFlight: 1, connections: 2, received: 3 },
    ]);
  });

  it.each([1500, 2000, 30_000, 600_000])(
    'keeps few samples after %i ms, and loses no request',
    async (ms) => {
      const { clock, samples } = setUp();
      await clock.advance(ms);
      const all = samples.all();
      expect(all.length).toBeLessThanOrEqual(64);
      expect(all.length).toBeGreaterThanOrEqual(30);
      const received = all.reduce((sum, sample) => sum + sample.received, 0);
      expect(received).toBe(Math.floor(all.at(-1)!.atMs / 10));
      const distances = new Set(all.slice(1).map(({ atMs }, i) => atMs - all[i]!.atMs));
      expect(distances.size).toBe(1);
    },
  );

  it('leaves no timer', async () => {
    const { clock, samples } = setUp();
    await clock.advance(100);
    samples.stop();
    expect(clock.timers).toBe(0);
  });
});
