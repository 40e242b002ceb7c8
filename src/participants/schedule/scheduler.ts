import 'reflect-metadata';

import { type BuiltProviders, classNameOf, providersNamed } from '../../nest/built-provider.js';

/** A function that a schedule calls. @internal */
export type Tick = (...args: unknown[]) => unknown;

/** The part of a `cron` job that is used here. @internal */
export interface CronJob {
  fireOnTick: Tick;
}

/** The part of the `SchedulerRegistry` of `@nestjs/schedule` that is used here. @internal */
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

/** The methods of a `SchedulerRegistry` that are called here. */
const REGISTRY = ['getCronJobs', 'getIntervals', 'getInterval', 'getTimeouts', 'getTimeout'];

/** @internal */
export function registriesOf(providers: BuiltProviders): SchedulerRegistry[] {
  return providersNamed(providers, 'SchedulerRegistry', ...REGISTRY) as SchedulerRegistry[];
}

/** The providers that turn decorated methods into callbacks of timers. @internal */
export function explorersOf(providers: BuiltProviders): object[] {
  return providersNamed(providers, 'ScheduleExplorer', 'wrapFunctionInTryCatchBlocks');
}

/** `cron ReportsService.nightly` @internal */
export function labelOf(method: Tick, owner: object): string {
  const type: unknown = Reflect.getMetadata(SCHEDULER_TYPE, method);
  const kind = KINDS[Number(type)] ?? 'tick';
  return `${kind} ${classNameOf(owner) ?? 'Object'}.${method.name}`;
}

/** What a cron job calls at each tick. Not published; the same from `cron` 2 to 4. @internal */
export function callbacksOf(job: CronJob): Tick[] | undefined {
  const callbacks: unknown = Reflect.get(job, '_callbacks');
  return Array.isArray(callbacks) ? (callbacks as Tick[]) : undefined;
}

/** Where a Node timer keeps its callback. Not published; the same from Node 8 to 26. */
const CALLBACK = '_onTimeout';

/** The callback of a timer. @internal */
export function callbackOf(timer: NodeJS.Timeout): Tick | undefined {
  const callback: unknown = Reflect.get(Object(timer), CALLBACK);
  return typeof callback === 'function' ? (callback as Tick) : undefined;
}

/** @internal */
export function setCallback(timer: NodeJS.Timeout, callback: Tick): void {
  Reflect.set(timer, CALLBACK, callback);
}
