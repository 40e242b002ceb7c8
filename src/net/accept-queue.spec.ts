import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { emptyAcceptQueue } from './accept-queue.js';

function setUp() {
  const clock = new FakeClock();
  let accepted = 5;
  let empty = false;
  void emptyAcceptQueue(() => accepted, clock).then(() => (empty = true));
  return { clock, accept: () => void (accepted += 1), isEmpty: () => empty };
}

describe('emptyAcceptQueue', () => {
  it('takes two turns without a new connection for an empty queue', async () => {
    const { clock, isEmpty } = setUp();
    await clock.flush();
    expect(isEmpty()).toBe(false);
    await clock.flush();
    expect(isEmpty()).toBe(true);
  });

  it('begins to count again with each connection', async () => {
    const { clock, accept, isEmpty } = setUp();
    await clock.flush();
    accept();
    await clock.flush();
    await clock.flush();
    expect(isEmpty()).toBe(false);
    await clock.flush();
    expect(isEmpty()).toBe(true);
  });

  it('gives up after a second if connections never stop coming', async () => {
    const { clock, accept, isEmpty } = setUp();
    const turn = async () => {
      accept();
      clock.block(10);
      await clock.flush();
    };
    for (let turns = 0; turns < 99; turns++) await turn();
    expect(isEmpty()).toBe(false);
    await turn();
    expect(isEmpty()).toBe(true);
  });
});
