import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { WorkTracker } from './work-tracker.js';

function setUp() {
  const clock = new FakeClock();
  const deadline = new AbortController();
  const tracker = new WorkTracker(clock, { deadlineSignal: deadline.signal });
  const isDrained = async () => {
    let drained = false;
    void tracker.drain().then(() => (drained = true));
    await clock.settle();
    return drained;
  };
  return { clock, deadline, tracker, isDrained };
}

describe('WorkTracker', () => {
  it('returns what the work returns', async () => {
    const { tracker } = setUp();
    await expect(tracker.track(Promise.resolve(42), 'answer')).resolves.toBe(42);
    expect(tracker.active()).toBe(0);
  });

  it.each([
    { how: 'a promise', work: () => Promise.reject(new Error('no mail')) },
    {
      how: 'a function',
      work: () => () => Promise.reject(new Error('no mail')),
    },
    {
      how: 'a function that throws',
      work: () => () => {
        throw new Error('no mail');
      },
    },
  ])('leaves errors to the caller, and is not held by them: $how', async ({ work }) => {
    const { tracker } = setUp();
    await expect(tracker.track(work(), 'mail')).rejects.toThrow('no mail');
    expect(tracker.active()).toBe(0);
  });

  it('gives the deadline to work that is a function', async () => {
    const { deadline, tracker } = setUp();
    const given = await tracker.track((signal) => Promise.resolve(signal), 'mail');
    expect(given).toBe(deadline.signal);
  });

  it('counts each task once, even if it is ended several times', () => {
    const { tracker } = setUp();
    const [end] = [tracker.begin('one'), tracker.begin('two')];
    expect(tracker.active()).toBe(2);
    end();
    end();
    expect(tracker.active()).toBe(1);
  });

  it('names each task with its age, the oldest first', async () => {
    const { clock, tracker } = setUp();
    tracker.begin('nightly');
    await clock.advance(700);
    tracker.begin('mail');
    await clock.advance(300);
    expect(tracker.tasks()).toEqual([
      { label: 'nightly', ageMs: 1000 },
      { label: 'mail', ageMs: 300 },
    ]);
  });

  it('is drained at once if nothing is in flight', async () => {
    const { isDrained } = setUp();
    await expect(isDrained()).resolves.toBe(true);
  });

  it('holds the drain until the last task has ended, and one turn more for its reply', async () => {
    const { clock, tracker } = setUp();
    const ends = [tracker.begin('one'), tracker.begin('two')];
    let drained = false;
    void tracker.drain().then(() => (drained = true));
    ends[0]!();
    await clock.flush();
    await clock.flush();
    expect(drained).toBe(false);
    ends[1]!();
    await clock.flush();
    expect(drained).toBe(false);
    await clock.flush();
    expect(drained).toBe(true);
  });

  it('waits only for what is in flight when it is called', async () => {
    const { clock, tracker } = setUp();
    const end = tracker.begin('one');
    let drained = false;
    void tracker.drain().then(() => (drained = true));
    tracker.begin('two');
    end();
    await clock.flush();
    await clock.flush();
    expect(drained).toBe(true);
    expect(tracker.active()).toBe(1);
  });

  it('holds the drain again for work that has come since', async () => {
    const { clock, tracker, isDrained } = setUp();
    await isDrained();
    const end = tracker.begin('late');
    await expect(isDrained()).resolves.toBe(false);
    end();
    await clock.flush();
    await expect(isDrained()).resolves.toBe(true);
  });
  it('counts tasks by the connection on which they came', () => {
    const { tracker } = setUp();
    const [one, other] = [{}, {}];
    const ends = [tracker.begin('a', one), tracker.begin('b', one), tracker.begin('c', other)];
    tracker.begin('d');
    expect(tracker.countOf(one)).toEqual({ running: 2, begun: 2 });
    expect(tracker.countOf(other)).toEqual({ running: 1, begun: 1 });
    ends.forEach((end) => end());
    ends.forEach((end) => end());
    expect(tracker.countOf(one)).toEqual({ running: 0, begun: 2 });
    expect(tracker.countOf({})).toEqual({ running: 0, begun: 0 });
  });
});
