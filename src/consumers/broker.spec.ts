import { beforeEach, describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { Broker } from './broker.js';

let clock: FakeClock;
let broker: Broker;

beforeEach(() => {
  clock = new FakeClock();
  broker = new Broker(clock);
});

/** What becomes of it, without waiting for it. */
function outcomeOf(work: Promise<unknown>): { outcome: string } {
  const seen = { outcome: 'waiting' };
  work.then(
    () => (seen.outcome = 'done'),
    (error: Error) => (seen.outcome = error.message),
  );
  return seen;
}

describe('answers()', () => {
  it('resolves or rejects with the answer of the broker', async () => {
    await broker.answers(Promise.resolve());
    await broker.answers(undefined);
    await expect(broker.answers(Promise.reject(new Error('closed')))).rejects.toThrow('closed');
    expect(clock.timers).toBe(0);
  });

  it('gives up after a while', async () => {
    const seen = outcomeOf(broker.answers(new Promise(() => {})));
    await clock.advance(1999);
    expect(seen.outcome).toBe('waiting');
    await clock.advance(1);
    expect(seen.outcome).toBe('the broker does not answer');
  });

  it('does not wait again for a broker that is silent', async () => {
    const first = outcomeOf(broker.answers(new Promise(() => {})));
    await clock.advance(2000);
    expect(first.outcome).toBe('the broker does not answer');

    const second = outcomeOf(broker.answers(new Promise(() => {})));
    const third = outcomeOf(broker.does(() => false));
    await clock.advance(0);
    expect(second.outcome).toBe('the broker does not answer');
    expect(third.outcome).toBe('the broker accepts no data');
  });

  it('waits again once the broker has answered', async () => {
    let speak!: () => void;
    const first = outcomeOf(broker.answers(new Promise<void>((resolve) => (speak = resolve))));
    await clock.advance(2000);
    expect(first.outcome).toBe('the broker does not answer');
    speak();
    await clock.flush();
    const second = outcomeOf(broker.answers(new Promise(() => {})));
    await clock.advance(1000);
    expect(second.outcome).toBe('waiting');
  });
});

describe('does()', () => {
  it('waits until the condition holds', async () => {
    let isSo = false;
    const seen = outcomeOf(broker.does(() => isSo));
    await clock.advance(500);
    expect(seen.outcome).toBe('waiting');
    isSo = true;
    await clock.advance(10);
    expect(seen.outcome).toBe('done');
  });

  it('gives up after a while', async () => {
    const seen = outcomeOf(broker.does(() => false));
    await clock.advance(2000);
    expect(seen.outcome).toBe('the broker accepts no data');
    expect(clock.timers).toBe(0);
  });
});
