import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { Departures } from './departures.js';

const WINDOW_MS = 1000;

function setUp() {
  const clock = new FakeClock();
  const left: [peer: string, at: number][] = [];
  const departures = new Departures<string>(
    clock,
    () => 0.5,
    (peer) => left.push([peer, clock.now()]),
  );
  return { clock, departures, left };
}

describe('Departures', () => {
  it('spreads peers over the window', async () => {
    const { clock, departures, left } = setUp();
    departures.announce(['a', 'b', 'c', 'd'], WINDOW_MS);
    await clock.advance(WINDOW_MS);
    expect(left.map(([, at]) => at)).toEqual([125, 375, 625, 875]);
    expect(left.map(([peer]) => peer).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells later peers within the rest of the window, and at once after it', async () => {
    const { clock, departures, left } = setUp();
    departures.announce([], WINDOW_MS);
    await clock.advance(600);
    departures.add('late');
    await clock.advance(WINDOW_MS);
    departures.add('latest');
    await clock.advance(0);
    expect(left).toEqual([
      ['late', 800],
      ['latest', 1600],
    ]);
  });

  it('calls no peer once cancelled, and leaves no timer', async () => {
    const { clock, departures, left } = setUp();
    departures.announce(['a', 'b'], WINDOW_MS);
    await clock.advance(300);
    departures.cancel();
    expect(clock.timers).toBe(0);
    await clock.advance(WINDOW_MS);
    expect(left).toHaveLength(1);
  });
});
