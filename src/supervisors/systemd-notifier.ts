import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Supervisor } from './supervisor.js';

/**
 * The variable with the socket of the service manager. Children of the service must not inherit it:
 * their messages would count as those of the service.
 *
 * @internal
 */
export const NOTIFY_VARIABLE = 'NOTIFY_SOCKET';

/** The sender: Node has no Unix datagram sockets, and this command comes with systemd. */
const PROGRAM = 'systemd-notify';
/** A receiver other than systemd may leave a helper waiting for 5 s. The next one does not wait. */
const LONGEST_WAIT_MS = 1000;
/** With `KillMode=control-group`, systemd signals the helper together with the service. */
const MOST_TRIES = 4;
const TRY_AGAIN_MS = 50;
/**
 * The margin from the end of the shutdown's budget to the end of the process, watchdog included.
 */
const EXIT_MARGIN_MS = 2000;

/**
 * Tells systemd the state of the service: `sd_notify(3)`. A failure does not harm the service; the
 * first one is logged.
 *
 * The messages are not sent with `--no-block`: the helper would be gone before systemd can identify
 * the sender, and systemd ignores unknown senders. Under root they appear as sent by this process;
 * otherwise the unit needs `NotifyAccess=all`.
 *
 * @internal
 */
export class SystemdNotifier implements Supervisor {
  #sent: Promise<unknown> = Promise.resolve();
  #hasFailed = false;
  #isMissing = false;
  #watchdog: NodeJS.Timeout | undefined;

  private constructor(
    private readonly socket: string,
    private readonly warn: (message: string) => void,
    private readonly periodMs: number | undefined,
  ) {}

  /** @returns undefined if no service manager listens */
  static fromEnvironment(
    env: NodeJS.ProcessEnv,
    warn: (message: string) => void,
  ): SystemdNotifier | undefined {
    const socket = env[NOTIFY_VARIABLE];
    return socket ? new SystemdNotifier(socket, warn, watchdogMs(env)) : undefined;
  }

  /**
   * Reports at half the time of `WatchdogSec=` that the service is healthy; otherwise systemd kills
   * it.
   *
   * @param isWell - whether the service is healthy; for a single process a turning event loop is
   * enough
   */
  watch(isWell: () => boolean | Promise<boolean> = () => true): void {
    if (this.periodMs === undefined || this.#watchdog !== undefined) return;
    const beat = async () => {
      if (await isWell()) this.#send('WATCHDOG=1');
    };
    this.#watchdog = setInterval(() => void beat(), this.periodMs / 2).unref();
  }

  /** The service has started, or has reloaded. */
  ready(status = 'Serving'): void {
    this.#send('READY=1', `MAINPID=${process.pid}`, statusLine(status));
  }

  /** `ready()` must follow, whether the reload succeeds or not. */
  reloading(status = 'Reloading'): void {
    const microseconds = process.hrtime.bigint() / 1000n;
    this.#send('RELOADING=1', `MONOTONIC_USEC=${microseconds}`, statusLine(status));
  }

  /** @param extendMs - how long it may take, whatever `TimeoutStopSec` says */
  stopping(extendMs: number, status = 'Leaving'): void {
    const microseconds = Math.ceil(extendMs + EXIT_MARGIN_MS) * 1000;
    this.#send('STOPPING=1', `EXTEND_TIMEOUT_USEC=${microseconds}`, statusLine(status));
  }

  /** What `systemctl status` shows. */
  status(text: string): void {
    this.#send(statusLine(text));
  }

  started(): void {
    this.ready();
    this.watch();
  }

  leaving(budgetMs: number): void {
    this.stopping(budgetMs);
  }

  /** One helper after the other, so that the messages arrive in order. */
  #send(...variables: string[]): void {
    this.#sent = this.#sent.then(() => {
      if (this.#isMissing) return undefined;
      const late = sleep(LONGEST_WAIT_MS, undefined, { ref: false });
      return Promise.race([this.#run(variables), late]);
    });
  }

  async #run(variables: readonly string[]): Promise<void> {
    try {
      for (let tries = 1; ; tries += 1) {
        const [code, signal] = await this.#help(variables);
        if (code === 0) return;
        if (signal === null || tries === MOST_TRIES) return this.#fail(`exit code ${code}`);
        await sleep(TRY_AGAIN_MS, undefined, { ref: false });
      }
    } catch (error) {
      this.#isMissing = true;
      this.#fail((error as Error).message);
    }
  }

  async #help(variables: readonly string[]): Promise<[number | null, NodeJS.Signals | null]> {
    const helper = spawn(PROGRAM, variables, {
      env: { PATH: process.env['PATH'], [NOTIFY_VARIABLE]: this.socket },
      stdio: 'ignore',
    });
    // The process may end before its helper does.
    helper.unref();
    return (await once(helper, 'exit')) as [number | null, NodeJS.Signals | null];
  }

  #fail(reason: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.warn(
      `systemd may not know the state of this service: ${PROGRAM} failed: ${reason}. The program comes ` +
        'with systemd; where it is missing, use Type=exec instead of Type=notify.',
    );
  }
}

/** `sd_watchdog_enabled(3)`. */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: NodeJS.ProcessEnv) {
  const ms = Number(usec) / 1000;
  return ms > 0 && (!pid || Number(pid) === process.pid) ? ms : undefined;
}

/** A message is one variable a line. */
function statusLine(text: string): string {
  return `STATUS=${text.replaceAll(/\s+/g, ' ')}`;
}
