import 'reflect-metadata';

import { describe, expect, it } from 'vitest';

import type { BuiltProvider } from '../../nest/built-provider.js';
import { ScheduleParticipant } from './schedule.participant.js';
import type { CronJob, Tick } from './scheduler.js';

/** As the one of `@nestjs/schedule`, for what is used of it. */
class SchedulerRegistry {
  readonly jobs = new Map<string, CronJob>();

  addCronJob(name: string, job: CronJob): void {
    this.jobs.set(name, job);
  }

  getCronJobs(): Map<string, CronJob> {
    return this.jobs;
  }

  getIntervals(): string[] {
    return [];
  }

  getTimeouts(): string[] {
    return [];
  }

  getInterval(): void {}
  getTimeout(): void {}
}

class ScheduleExplorer {
  wrapFunctionInTryCatchBlocks(method: Tick, owner: object): Tick {
    return (...args) => method.apply(owner, args);
  }
}

class Reports {
  readonly nightly = (): Promise<never> => new Promise(() => {});
}

function setUp() {
  const registry = new SchedulerRegistry();
  const explorer = new ScheduleExplorer();
  const providers = [registry, explorer].map((instance): BuiltProvider => {
    const type = instance.constructor;
    return { token: type, type, instance, isStatic: true };
  });
  const underWay: string[] = [];
  const begin = (label: string) => {
    underWay.push(label);
    return () => void underWay.splice(underWay.indexOf(label), 1);
  };
  const schedule = new ScheduleParticipant(() => providers, { begin });
  return { registry, explorer, schedule, underWay };
}

describe('ScheduleParticipant', () => {
  it('tracks a tick until its promise has settled, and no other tick', async () => {
    const { registry, schedule, underWay } = setUp();
    schedule.prepare();
    const sync = { fireOnTick: () => 42 };
    const failing = { fireOnTick: () => Promise.reject(new Error('no report')) };
    registry.addCronJob('sync', sync);
    registry.addCronJob('failing', failing);
    expect(sync.fireOnTick()).toBe(42);
    expect(underWay).toEqual([]);
    const tick = failing.fireOnTick();
    expect(underWay).toEqual(['cron failing']);
    await expect(tick).rejects.toThrow('no report');
    expect(underWay).toEqual([]);
  });

  it('stops tracking a tick that throws', () => {
    const { registry, schedule, underWay } = setUp();
    const job: CronJob = {
      fireOnTick: () => {
        throw new Error('no report');
      },
    };
    // Known before anybody looked.
    registry.addCronJob('throws', job);
    schedule.prepare();
    expect(() => job.fireOnTick()).toThrow('no report');
    expect(underWay).toEqual([]);
  });

  it('tracks a decorated method once, under its name', () => {
    const { registry, explorer, schedule, underWay } = setUp();
    schedule.prepare();
    const reports = new Reports();
    Reflect.defineMetadata('SCHEDULER_TYPE', 1, reports.nightly);
    const tick = explorer.wrapFunctionInTryCatchBlocks(reports.nightly, reports);
    const job = { _callbacks: [tick], fireOnTick: () => tick() };
    registry.addCronJob('nightly', job);
    void job.fireOnTick();
    expect(underWay).toEqual(['cron Reports.nightly']);
  });

  it('begins no tick once it is stopped', () => {
    const { registry, schedule, underWay } = setUp();
    schedule.prepare();
    const callbacks = [() => 42];
    registry.addCronJob('job', Object.assign({ fireOnTick: () => {} }, { _callbacks: callbacks }));
    schedule.stopIntake();
    expect(callbacks[0]!()).toBeUndefined();
    expect(underWay).toEqual([]);
  });

  it('leaves the providers of Nest as they were', () => {
    const { registry, explorer, schedule } = setUp();
    schedule.prepare();
    schedule.dispose();
    expect(Object.hasOwn(registry, 'addCronJob')).toBe(false);
    expect(Object.hasOwn(explorer, 'wrapFunctionInTryCatchBlocks')).toBe(false);
  });
});
