import 'reflect-metadata';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { TrackInFlight } from './track-in-flight.decorator.js';
import { liveTrackers, WorkTracker } from './work-tracker.js';

/** As Nest's decorators do it: writes on the function. */
function Schedule(cron: string): MethodDecorator {
  return (_target, _key, descriptor) =>
    Reflect.defineMetadata('cron', cron, descriptor.value as object);
}

class Reports {
  private readonly sum = 40;
  finish = () => {};

  @TrackInFlight()
  async add(one: number, other: number): Promise<number> {
    await new Promise<void>((resolve) => (this.finish = resolve));
    return this.sum + one + other;
  }

  @TrackInFlight('nightly report')
  async nightly(): Promise<void> {
    await new Promise<void>((resolve) => (this.finish = resolve));
  }

  @TrackInFlight()
  async fails(): Promise<never> {
    return Promise.reject(new Error('no data'));
  }

  @TrackInFlight()
  throws(): Promise<never> {
    throw new Error('no data');
  }

  @Schedule('above')
  @TrackInFlight()
  async decoratedAbove(): Promise<void> {}

  @TrackInFlight()
  @Schedule('below')
  async decoratedBelow(): Promise<void> {}
}

function newTracker(): WorkTracker {
  return new WorkTracker(new FakeClock(), { deadlineSignal: new AbortController().signal });
}

describe('@TrackInFlight()', () => {
  let tracker: WorkTracker;
  let reports: Reports;

  beforeEach(() => {
    tracker = newTracker();
    reports = new Reports();
  });

  afterEach(() => liveTrackers.clear());

  it('returns what the method returns, called with its own object and arguments', async () => {
    const result = reports.add(1, 1);
    reports.finish();
    await expect(result).resolves.toBe(42);
  });

  it('holds the drain while the method runs, under the name of the method', async () => {
    const result = reports.add(1, 1);
    expect(tracker.tasks()).toEqual([{ label: 'Reports.add', ageMs: 0 }]);
    reports.finish();
    await result;
    expect(tracker.active()).toBe(0);
  });

  it('names a static method by its class', () => {
    class Nightly {
      @TrackInFlight()
      static async run(): Promise<void> {
        await new Promise(() => {});
      }
    }
    void Nightly.run();
    expect(tracker.tasks()).toMatchObject([{ label: 'Nightly.run' }]);
  });

  it('accepts another name for the log', () => {
    void reports.nightly();
    expect(tracker.tasks()).toMatchObject([{ label: 'nightly report' }]);
  });

  it.each(['fails', 'throws'] as const)(
    'passes on an error and stops holding the drain: %s',
    async (method) => {
      await expect(reports[method]()).rejects.toThrow('no data');
      expect(tracker.active()).toBe(0);
    },
  );

  it('holds the drain of every application in the process', async () => {
    const other = newTracker();
    liveTrackers.add(other);
    const result = reports.nightly();
    expect([tracker.active(), other.active()]).toEqual([1, 1]);
    reports.finish();
    await result;
    expect([tracker.active(), other.active()]).toEqual([0, 0]);
  });

  it('does not hold an application that has closed meanwhile', async () => {
    const result = reports.nightly();
    liveTrackers.delete(tracker);
    reports.finish();
    await result;
    expect(tracker.active()).toBe(0);
  });

  it('does nothing without an application', async () => {
    liveTrackers.clear();
    const result = reports.add(1, 1);
    reports.finish();
    await expect(result).resolves.toBe(42);
  });

  it.each([
    { side: 'above', method: reportsMethod('decoratedAbove') },
    { side: 'below', method: reportsMethod('decoratedBelow') },
  ])('keeps the metadata of a decorator $side it', ({ side, method }) => {
    expect(Reflect.getMetadata('cron', method)).toBe(side);
  });

  it('keeps the name of the method', () => {
    expect(reportsMethod('add').name).toBe('add');
  });
});

function reportsMethod(name: keyof Reports): Reports[keyof Reports] {
  return Reports.prototype[name];
}
