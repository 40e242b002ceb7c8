import { systemClock } from '../../shutdown/clock.js';
import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { messageOf } from '../../shutdown/plain-text.js';
import { within } from '../../shutdown/within.js';
import type { RestartHooks } from '../restart-hooks.js';
import type { ReloadResult } from '../restart-status.js';
import type { RestartLog } from './restart-log.js';

const LONGEST_MS = 10_000;

/**
 * Runs the user's hooks. One that throws or hangs does not harm the service.
 *
 * @internal
 */
export class Hooks {
  constructor(
    private readonly hooks: RestartHooks,
    private readonly log: RestartLog,
  ) {}

  /** @throws Error with the reason against a reload */
  async beforeReload(): Promise<void> {
    let answer: unknown;
    try {
      answer = await inTime('beforeReload', () => this.hooks.beforeReload?.());
    } catch (error) {
      throw new Error(`beforeReload failed: ${messageOf(error)}`, { cause: error });
    }
    if (answer === false) throw new Error('beforeReload() returned false');
  }

  async afterReload(result: ReloadResult): Promise<void> {
    await this.#run('afterReload', () => this.hooks.afterReload?.(result));
  }

  /** @returns whether the service may stop; a failing hook does not prevent it */
  async beforeStop(signal: NodeJS.Signals): Promise<boolean> {
    return (await this.#run('beforeStop', () => this.hooks.beforeStop?.(signal))) !== false;
  }

  async afterStop(): Promise<void> {
    await this.#run('afterStop', () => this.hooks.afterStop?.());
  }

  /** The signals that have hooks. */
  get signals(): readonly NodeJS.Signals[] {
    return Object.keys(this.hooks.onSignal ?? {}) as NodeJS.Signals[];
  }

  async onSignal(signal: NodeJS.Signals, when: 'before' | 'after'): Promise<void> {
    const hook = this.hooks.onSignal?.[signal];
    if (hook !== undefined) await this.#run(`onSignal.${signal}`, () => hook(signal, when));
  }

  async #run(name: string, hook: () => unknown): Promise<unknown> {
    try {
      return await inTime(name, hook);
    } catch (error) {
      this.log.error(`${name} failed: ${messageOf(error)}`);
      return undefined;
    }
  }
}

async function inTime(name: string, hook: () => unknown): Promise<unknown> {
  const result = Promise.resolve().then(hook);
  if (await within(systemClock, LONGEST_MS, result)) return result;
  throw new GracefulShutdownError(
    'ERR_RESTART_HOOK_TIMEOUT',
    `${name} did not finish within ${LONGEST_MS} ms: make it faster, or do not await its work`,
  );
}
