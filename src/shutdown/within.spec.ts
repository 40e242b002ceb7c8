import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { sleep, within } from './within.js';

const NEVER = new Promise<never>(() => {});

interface Ending {
  readonly how: string;
  readonly inTime: boolean;
  readonly work?: () => Promise<unknown>;
  readonly ms?: number;
  readonly interrupted?: boolean;
}

const endings: Ending[] = [
  { how: 'work that is done', inTime: true, work: () => Promise.resolve() },
  { how: 'work that fails', inTime: true, work: () => Promise.reject(new Error('broken')) },
  { how: 'time that is up', inTime: false },
  { how: 'no time at all', inTime: false, ms: 0 },
  { how: 'time that was over before', inTime: false, ms: -1 },
  { how: 'an interruption', inTime: false, interrupted: true },
];

describe('within', () => {
  it.each(endings)(
    'answers $inTime to $how, and leaves no timer and no listener',
    async ({ inTime, work = () => NEVER, ms = 100, interrupted = false }) => {
      const clock = new FakeClock();
      const interrupt = new AbortController();
      const result = within(clock, ms, work(), interrupt.signal);
      if (interrupted) interrupt.abort();
      await clock.advance(interrupted ? 0 : Math.max(0, ms));
      await expect(result).resolves.toBe(inTime);
      expect(clock.timers).toBe(0);
      expect(getEventListeners(interrupt.signal, 'abort')).toHaveLength(0);
    },
  );

  it('does not wait when it is interrupted before it begins', async () => {
    const clock = new FakeClock();
    await expect(within(clock, 100, NEVER, AbortSignal.abort())).resolves.toBe(false);
    expect(clock.timers).toBe(0);
  });

  it('waits until the last millisecond', async () => {
    const clock = new FakeClock();
    let result: boolean | undefined;
    void within(clock, 100, NEVER).then((inTime) => (result = inTime));
    await clock.advance(99);
    expect(result).toBeUndefined();
    await clock.advance(1);
    expect(result).toBe(false);
  });
});

describe('sleep', () => {
  it('lasts as long as requested', async () => {
    const clock = new FakeClock();
    let awake = false;
    void sleep(clock, 10).then(() => (awake = true));
    await clock.advance(9);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });
});
