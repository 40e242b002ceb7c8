import 'reflect-metadata';

import type { DiscoveryService } from '@nestjs/core';

/** A function that a schedule calls. @internal */
export type Tick = (...args: unknown[]) => unknown;

/** What is used of a job of `cron`. @internal */
export interface CronJob {
  fireOnTick: Tick;
}

/** What is used of the `SchedulerRegistry` of `@nestjs/schedule`. @internal */
export interface SchedulerRegistry {
  getCronJobs(): ReadonlyMap<string, CronJob>;
  getIntervals(): string[];
  getInterval(name: string): NodeJS.Timeout;
  getTimeouts(): string[];
  getTimeout(name: string): NodeJS.Timeout;
}

/** Written on a method by `@Cron()`, `@Timeout()` and `@Interval()`. */
const SCHEDULER_TYPE = 'SCHEDULER_TYPE';
const KINDS: Readonly<Record<number, string>> = { 1: 'cron', 2: 'timeout', 3: 'interval' };

/** @internal */
export function registriesOf(discovery: DiscoveryService): SchedulerRegistry[] {
  return providersNamed(discovery, 'SchedulerRegistry') as SchedulerRegistry[];
}

/** The providers that turn decorated methods into what the timers call. @internal */
export function explorersOf(discovery: DiscoveryService): object[] {
  return providersNamed(discovery, 'ScheduleExplorer');
}

/** `cron ReportsService.nightly` @internal */
export function labelOf(method: Tick, owner: object): string {
  const type: unknown = Reflect.getMetadata(SCHEDULER_TYPE, method);
  const kind = KINDS[Number(type)] ?? 'tick';
  return `${kind} ${owner.constructor.name}.${method.name}`;
}

/** What a cron job calls at each tick. Not published; the same from `cron` 2 to 4. @internal */
export function callbacksOf(job: CronJob): Tick[] | undefined {
  const callbacks: unknown = Reflect.get(job, '_callbacks');
  return Array.isArray(callbacks) ? (callbacks as Tick[]) : undefined;
}

function providersNamed(discovery: DiscoveryService, name: string): object[] {
  return discovery
    .getProviders()
    .filter(({ metatype }) => metatype?.name === name)
    .map(({ instance }) => instance as object | undefined)
    .filter((instance) => instance !== undefined);
}
