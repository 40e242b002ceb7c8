import { count } from '../../shutdown/amounts.js';
import { messageOf } from '../../shutdown/plain-text.js';
import type { ReloadResult } from '../restart-status.js';
import type { Releases } from './releases.js';
import { Reloads } from './reloads.js';
import { assertWorkers } from './restart-options.js';
import type { ServiceParts, Stop } from './stop.js';

/**
 * Replaces the workers of a service with workers running the code now on disk.
 *
 * @internal
 */
export class Reload {
  readonly #reloads = new Reloads(() => this.#run());
  /** The number of workers after the next reload; by default unchanged. */
  #wanted: number | undefined;
  #last: ReloadResult | undefined;

  constructor(
    private readonly service: ServiceParts,
    private readonly releases: Releases,
    private readonly stop: Pick<Stop, 'isAsked' | 'isLeaving'>,
  ) {}

  get isRunning(): boolean {
    return this.#reloads.isRunning;
  }

  /** How the last one went. */
  get last(): ReloadResult | undefined {
    return this.#last;
  }

  /** @param workers - how many there should be from now on */
  request(workers: number | undefined): Promise<ReloadResult> {
    this.#wanted = workers ?? this.#wanted;
    return this.#reloads.request();
  }

  async #run(): Promise<ReloadResult> {
    const { log, hooks, systemd, slots, workers } = this.service;
    const generation = ++slots.generation;
    log.log(`Reload ${generation - 1}: replacing the workers with the code on disk`);
    systemd?.reloading();
    const wanted = this.#wanted ?? slots.wanted;
    this.#wanted = undefined;
    const result = await this.#exchange(generation, wanted);
    const isCompleted = result.outcome === 'completed';
    if (!this.stop.isLeaving) {
      systemd?.ready(isCompleted ? 'Serving' : `Serving, reload failed: ${result.reason}`);
    }
    this.#last = result;
    if (isCompleted) workers.tidyUp();
    const extent = `${result.replaced} of ${count(wanted, 'worker')} replaced`;
    if (isCompleted) log.log(`Reload ${generation - 1}: completed, ${extent}`);
    else log.error(`Reload ${generation - 1}: failed, ${extent}: ${result.reason}`);
    await hooks.afterReload(result);
    return result;
  }

  async #exchange(generation: number, wanted: number): Promise<ReloadResult> {
    let replaced = 0;
    try {
      if (this.stop.isAsked) throw new Error('the service is stopping');
      assertWorkers(wanted);
      await this.service.hooks.beforeReload();
      this.#warnOfOldCode();
      await this.service.slots.exchange(wanted, () => (replaced += 1));
      return { outcome: 'completed', replaced, generation };
    } catch (error) {
      return { outcome: 'failed', replaced, generation, reason: messageOf(error) };
    }
  }

  #warnOfOldCode(): void {
    if (this.releases.hasChanged()) return;
    this.service.log.warn(
      `${this.releases.script} is the same file as before. If a symlink such as current selects the ` +
        'release, start the service with the absolute path of the script through that symlink',
    );
  }
}
