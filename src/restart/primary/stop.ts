import { isatty } from 'node:tty';

import type { SystemdNotifier } from '../../supervisors/systemd-notifier.js';
import type { Hooks } from './hooks.js';
import type { RestartLog } from './restart-log.js';
import type { WorkerSlots } from './worker-slots.js';
import type { Workers } from './workers.js';

/** The parts of a service that a stop and a reload act on. @internal */
export interface ServiceParts {
  readonly log: RestartLog;
  readonly hooks: Hooks;
  readonly systemd: SystemdNotifier | undefined;
  readonly slots: WorkerSlots;
  readonly workers: Workers;
}

/**
 * The stop of a service: all workers leave, each with its whole shutdown. Asked a second time, it
 * cuts their work in flight; a third time, it kills them.
 *
 * @internal
 */
export class Stop {
  #running: Promise<boolean> | undefined;
  #timesAsked = 0;
  #isLeaving = false;

  /** @param finish - called with the exit code when all workers are gone */
  constructor(
    private readonly service: ServiceParts,
    private readonly finish: (code: number) => void,
  ) {}

  /** Whether the service is stopping, or its hook is still asked whether it may. */
  get isAsked(): boolean {
    return this.#running !== undefined;
  }

  /** Whether the workers have been told to leave. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** @returns whether the service ends: `false` if `beforeStop` has kept it */
  ask(signal: NodeJS.Signals): Promise<boolean> {
    this.#timesAsked += 1;
    if (this.#running === undefined) {
      this.service.log.log(`${signal} received, stopping`);
      this.#running = this.#run(signal);
    } else this.#insist(signal);
    return this.#running;
  }

  async #run(signal: NodeJS.Signals): Promise<boolean> {
    const { log, hooks, systemd, slots, workers } = this.service;
    const mayStop = await hooks.beforeStop(signal);
    if (!mayStop && this.#timesAsked === 1) {
      log.warn(`${signal}: beforeStop() returned false, the service keeps running`);
      this.#running = undefined;
      this.#timesAsked = 0;
      return false;
    }
    this.#isLeaving = true;
    systemd?.stopping(workers.budgetMs);
    slots.retire();
    const left = workers.leave({ kind: 'signal', signal, typed: isTyped(signal) });
    if (this.#timesAsked > 1) workers.force();
    const isClean = (await left) && this.#timesAsked === 1;
    await hooks.afterStop();
    log.log(isClean ? 'Stopped' : 'Stopped; at least one worker did not stop cleanly');
    this.finish(isClean ? 0 : 1);
    return true;
  }

  #insist(signal: NodeJS.Signals): void {
    const { log, workers } = this.service;
    if (!this.#isLeaving) return;
    if (this.#timesAsked === 2) {
      log.warn(`Second ${signal}: cutting the work in flight`);
      workers.force();
    } else {
      log.warn(`Third ${signal}: killing the workers`);
      workers.kill();
    }
  }
}

/** Whether it was Ctrl-C, whose user does not want to wait for a balancer. */
function isTyped(signal: NodeJS.Signals): boolean {
  return signal === 'SIGINT' && isatty(0);
}
