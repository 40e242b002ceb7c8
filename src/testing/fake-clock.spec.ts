import { describe, expect, it } from 'vitest';

import { FakeClock } from './fake-clock.js';

function setUp() {
  const clock = new FakeClock();
  const fired: [name: string, at: number][] = [];
  const after = (ms: number, name: string) =>
    clock.after(ms, () => void fired.push([name, clock.now()]));
  return { clock, fired, after };
}

describe('FakeClock', () => {
  it('stands still until it is advanced, while the event loop turns', async () => {
    const { clock, fired, after } = setUp();
    after(0, 'due');
    await clock.settle();
    expect(clock.now()).toBe(0);
    expect(fired).toEqual([]);
    expect(clock.nextInMs).toBe(0);
  });

  it('fires due timers in order, each at its own time, including those they set', async () => {
    const { clock, fired, after } = setUp();
    after(20, 'second');
    after(10, 'first');
    clock.after(15, () => void after(15, 'of another'));
    after(31, 'later');
    await clock.advance(30);
    expect(fired).toEqual([
      ['first', 10],
      ['second', 20],
      ['of another', 30],
    ]);
    expect(clock.now()).toBe(30);
    expect(clock.nextInMs).toBe(1);
  });

  it('does not fire a cancelled timer', async () => {
    const { clock, fired, after } = setUp();
    const cancel = after(10, 'cancelled');
    cancel();
    await clock.advance(10);
    expect(fired).toEqual([]);
    expect(clock.nextInMs).toBe(Infinity);
  });

  it('steps to the next timer, but no further than allowed', async () => {
    const { clock, fired, after } = setUp();
    after(10, 'first');
    after(20, 'second');
    expect(await clock.step(15)).toBe(true);
    expect(await clock.step(15)).toBe(false);
    expect(fired).toEqual([['first', 10]]);
    expect(clock.now()).toBe(10);
  });

  it('settles when no turn of the event loop is pending', async () => {
    const { clock } = setUp();
    let turns = 0;
    const work = async () => {
      for (; turns < 50; turns++) await clock.turn();
    };
    void work();
    await clock.settle();
    expect(turns).toBe(50);
  });
});
