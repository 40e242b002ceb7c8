import { trackedMethod } from '../../handlers/tracked-method.js';
import type { WorkTracker } from '../../handlers/work-tracker.js';
import type { BuiltProviders } from '../../nest/built-provider.js';
import { ReplacedMethods } from '../../nest/replace-method.js';
import type { DrainParticipant } from '../../shutdown/drain-participant.js';
import {
  callbackOf,
  callbacksOf,
  type CronJob,
  explorersOf,
  labelOf,
  registriesOf,
  type SchedulerRegistry,
  setCallback,
  type Tick,
} from './scheduler.js';

/**
 * The schedules of `@nestjs/schedule`: cron jobs, intervals and timeouts. No tick begins after the
 * signal; running ticks are tracked as work in flight. (Nest stops its timers after
 * `onModuleDestroy`, and waits for no tick.)
 *
 * @internal
 */
export class ScheduleParticipant implements DrainParticipant {
  readonly name = 'schedule';
  readonly stopsAt = 'grace';
  readonly #ticks = new WeakSet<Tick>();
  readonly #replaced = new ReplacedMethods();
  #stopped = false;

  constructor(
    private readonly providers: BuiltProviders,
    private readonly tracker: Pick<WorkTracker, 'begin'>,
  ) {}

  /**
   * Runs before Nest looks for the decorated methods. Where it runs later, other timers can at least
   * be stopped.
   */
  prepare(): void {
    for (const explorer of explorersOf(this.providers)) this.#followMethods(explorer);
    for (const registry of registriesOf(this.providers)) this.#followRegistry(registry);
  }

  stopIntake(): void {
    this.#stopped = true;
    for (const registry of registriesOf(this.providers)) {
      // Timers are not removed: Nest does that, and the application may still ask for them.
      registry.getIntervals().forEach((name) => clearInterval(registry.getInterval(name)));
      registry.getTimeouts().forEach((name) => clearTimeout(registry.getTimeout(name)));
    }
  }

  takesWork(): boolean {
    return registriesOf(this.providers).some(
      (registry) => registry.getCronJobs().size > 0 || registry.getIntervals().length > 0,
    );
  }

  active(): number {
    return 0;
  }

  async drain(): Promise<void> {}

  dispose(): void {
    this.#replaced.restore();
  }

  #followMethods(explorer: object): void {
    // Each decorated method passes through this place in Nest, with its object.
    this.#replaced.replace(
      explorer,
      'wrapFunctionInTryCatchBlocks',
      (wrap) => (method: Tick, owner: object) =>
        this.#tick(labelOf(method, owner), wrap(method, owner) as Tick),
    );
  }

  #followRegistry(registry: SchedulerRegistry): void {
    for (const [name, job] of registry.getCronJobs()) this.#followJob(name, job);
    this.#afterAdding(registry, 'addCronJob', (name, job) => this.#followJob(name, job as CronJob));
    for (const name of registry.getIntervals()) {
      this.#followTimer(`interval ${name}`, registry.getInterval(name));
    }
    for (const name of registry.getTimeouts()) {
      this.#followTimer(`timeout ${name}`, registry.getTimeout(name));
    }
    this.#afterAdding(registry, 'addInterval', (name, timer) =>
      this.#followTimer(`interval ${name}`, timer as NodeJS.Timeout),
    );
    this.#afterAdding(registry, 'addTimeout', (name, timer) =>
      this.#followTimer(`timeout ${name}`, timer as NodeJS.Timeout),
    );
  }

  #afterAdding(registry: object, add: string, then: (name: string, what: unknown) => void): void {
    this.#replaced.replace(registry, add, (original) => (name: string, what: unknown) => {
      original(name, what);
      then(name, what);
    });
  }

  /**
   * A cron job is not stopped: that would call its `onComplete`, which Nest's teardown calls, too.
   */
  #followJob(name: string, job: CronJob): void {
    const label = `cron ${name}`;
    const callbacks = callbacksOf(job);
    if (callbacks === undefined) {
      job.fireOnTick = this.#tick(label, job.fireOnTick);
      return;
    }
    // `fireOnTick()` does not wait for them.
    callbacks.forEach((callback, i) => {
      if (!this.#ticks.has(callback)) callbacks[i] = this.#tick(label, callback);
    });
  }

  #followTimer(label: string, timer: NodeJS.Timeout): void {
    // Clears an interval just as well.
    if (this.#stopped) clearTimeout(timer);
    const callback = callbackOf(timer);
    // The timer of a decorated method calls a tick already.
    if (callback === undefined || this.#ticks.has(callback)) return;
    setCallback(timer, this.#tick(label, callback));
  }

  #tick(label: string, run: Tick): Tick {
    const tracked = trackedMethod(run, () => this.tracker.begin(label));
    const isStopped = () => this.#stopped;
    const tick = function (this: unknown, ...args: unknown[]): unknown {
      return isStopped() ? undefined : tracked.apply(this, args);
    };
    this.#ticks.add(tick);
    return tick;
  }
}
