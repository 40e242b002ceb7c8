import { describe, expect, it, vi } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { emptyAcceptQueue } from './accept-queue.js';

const LIMIT_MS = 5000;
const TURN_MS = 50;

function setUp(waiting?: number) {
  const clock = new FakeClock();
  let accepted = 5;
  const result: { emptied?: boolean } = {};
  const admitNoMore = vi.fn<() => void>();
  const queue = { accepted: () => accepted, waiting: () => waiting, admitNoMore };
  void emptyAcceptQueue(queue, LIMIT_MS, clock).then((emptied) => (result.emptied = emptied));
  const accept = () => void (accepted += 1);
  /** Each accepts one more, until it has ended. */
  const longTurns = async () => {
    let turns = 0;
    for (; turns < 200 && result.emptied === undefined; turns++) {
      accept();
      clock.block(TURN_MS);
      await clock.flush();
    }
    return turns;
  };
  return { clock, accept, admitNoMore, longTurns, isEmpty: () => result.emptied === true };
}

describe('emptyAcceptQueue', () => {
  it('takes the queue for empty after two turns without a new connection', async () => {
    const { clock, isEmpty } = setUp();
    await clock.flush();
    expect(isEmpty()).toBe(false);
    await clock.flush();
    expect(isEmpty()).toBe(true);
  });

  it('counts anew after each connection', async () => {
    const { clock, accept, isEmpty } = setUp();
    await clock.flush();
    accept();
    await clock.flush();
    await clock.flush();
    expect(isEmpty()).toBe(false);
    await clock.flush();
    expect(isEmpty()).toBe(true);
  });

  it('admits no more after a second, and accepts all that wait then, however long the turns are', async () => {
    const { longTurns, admitNoMore, isEmpty } = setUp(60);
    expect(await longTurns()).toBe(1000 / TURN_MS + 60);
    expect(admitNoMore).toHaveBeenCalledTimes(1);
    expect(isEmpty()).toBe(false);
  });

  it.each([400, undefined])('ends at its time limit, with %s waiting', async (waiting) => {
    const { longTurns } = setUp(waiting);
    expect(await longTurns()).toBe(LIMIT_MS / TURN_MS);
  });
});
