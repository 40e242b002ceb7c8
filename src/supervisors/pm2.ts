import cluster from 'node:cluster';

import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import type { Supervisor } from './supervisor.js';

/** The default of PM2. */
const DEFAULT_KILL_TIMEOUT_MS = 1600;
/** The margin from the end of the shutdown's budget to the end of the process, as PM2 sees it. */
const EXIT_MARGIN_MS = 1000;

/**
 * PM2, which passes the options of its ecosystem file as environment variables.
 *
 * @internal
 */
export class Pm2 implements Supervisor {
  #isLeaving = false;
  readonly #onMessage = (message: unknown) => {
    // The message that replaces SIGINT.
    if (message === 'shutdown') {
      void this.service.leave({ kind: 'signal', signal: 'SIGINT', typed: false });
    }
  };

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly service: Pick<ProcessShutdown, 'leave'>,
    private readonly warn: (message: string) => void,
  ) {
    if (this.#sendsMessages) process.on('message', this.#onMessage);
  }

  /** @returns undefined if PM2 does not run this process */
  static fromEnvironment(
    env: NodeJS.ProcessEnv,
    service: Pick<ProcessShutdown, 'leave'>,
    warn: (message: string) => void,
  ): Pm2 | undefined {
    const isChild = env['pm_id'] !== undefined && process.send !== undefined;
    return isChild ? new Pm2(env, service, warn) : undefined;
  }

  started(budgetMs: number): void {
    // The message that `wait_ready` waits for; otherwise PM2 ignores it.
    process.send?.('ready');
    const killMs = this.#killTimeoutMs;
    if (killMs >= budgetMs) return;
    this.warn(
      `PM2 kills this process ${killMs} ms after it asks it to stop, and stopping may take ` +
        `${budgetMs} ms: set kill_timeout to ${budgetMs + EXIT_MARGIN_MS} in the ecosystem file.`,
    );
  }

  leaving(): void {
    this.#isLeaving = true;
  }

  closed(): void {
    process.off('message', this.#onMessage);
    // PM2's own wrapper around the program listens to the channel, too, for metrics and actions.
    if (this.#isLeaving) process.channel?.unref();
  }

  /**
   * A listener would keep a program alive that ends by itself. In a cluster worker the channel does
   * so anyway.
   */
  get #sendsMessages(): boolean {
    const { shutdown_with_message: option, PM2_KILL_USE_MESSAGE: all } = this.env;
    return option === 'true' || Boolean(all) || cluster.isWorker;
  }

  get #killTimeoutMs(): number {
    const { kill_timeout: option, PM2_KILL_TIMEOUT: all } = this.env;
    return Number(option) || Number(all) || DEFAULT_KILL_TIMEOUT_MS;
  }
}
