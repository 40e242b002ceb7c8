import { count, seconds } from '../../shutdown/amounts.js';
import { systemClock } from '../../shutdown/clock.js';
import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { nodeProcess } from '../../shutdown/node-process.js';
import { messageOf } from '../../shutdown/plain-text.js';
import { InheritedSockets } from '../../supervisors/inherited-sockets.js';
import { Pm2 } from '../../supervisors/pm2.js';
import { warnOfUnused } from '../../supervisors/socket-activation.js';
import { SystemdNotifier } from '../../supervisors/systemd-notifier.js';
import type { ReloadResult, RestartStatus } from '../restart-status.js';
import { Hooks } from './hooks.js';
import { ListeningSockets } from './listening-sockets.js';
import { PidFile } from './pid-file.js';
import { PrimarySignals } from './primary-signals.js';
import { Releases } from './releases.js';
import { Reload } from './reload.js';
import {
  type GracefulRestartOptions,
  type ResolvedRestartOptions,
  resolveRestartOptions,
} from './restart-options.js';
import { Stop } from './stop.js';
import { WorkerSlots } from './worker-slots.js';
import { Workers } from './workers.js';

/**
 * A service whose code can be replaced while it serves. This process, the primary, holds the
 * listening sockets and loads nothing of the application. Its workers, child processes that run the
 * application, accept from those sockets.
 *
 * The application imports `GracefulShutdownModule`; nothing else in it changes.
 *
 * @example
 * ```ts
 * const service = new GracefulRestart({ script: 'dist/main.js', workers: 2 });
 * await service.start();
 * service.listenToSignals();
 * const { outcome, reason } = await service.reload();
 * if (outcome !== 'completed') console.error(`The old version still serves: ${reason}`);
 * process.exitCode = await service.ended;
 * ```
 *
 * @publicApi
 */
export class GracefulRestart {
  /** Resolves with the exit code of the service when it has ended: 0 if all went well, else 1. */
  readonly ended: Promise<number>;
  readonly #options: ResolvedRestartOptions;
  readonly #hooks: Hooks;
  readonly #inherited = InheritedSockets.fromEnvironment(process.env);
  readonly #sockets = new ListeningSockets(this.#inherited);
  readonly #systemd: SystemdNotifier | undefined;
  readonly #pm2: Pm2 | undefined;
  readonly #workers: Workers;
  readonly #slots: WorkerSlots;
  readonly #reload: Reload;
  readonly #stop: Stop;
  readonly #pidFile: PidFile | undefined;
  readonly #startedAt = systemClock.now();
  #signals: PrimarySignals | undefined;
  #end!: (code: number) => void;

  /** @throws GracefulShutdownError `ERR_RESTART_INVALID_OPTIONS` */
  constructor(options: GracefulRestartOptions) {
    this.#options = resolveRestartOptions(options);
    const { script, pidFile, hooks, log } = this.#options;
    this.#hooks = new Hooks(hooks, log);
    const warn = (message: string) => log.warn(message);
    this.#systemd = SystemdNotifier.fromEnvironment(process.env, warn);
    const leave = async () => void (await this.stop('SIGINT'));
    this.#pm2 = Pm2.fromEnvironment(process.env, { leave }, warn);
    this.#pidFile = pidFile === undefined ? undefined : new PidFile(pidFile);
    const releases = new Releases(script);
    releases.hasChanged();
    this.#workers = new Workers(releases, this.#options, this.#sockets);
    this.#workers.onSignals = (signals) => this.#signals?.stopBy(signals);
    this.#slots = new WorkerSlots(this.#options, (place) =>
      this.#workers.start(place, this.#slots.goal),
    );
    this.#slots.onGivenUp = () => {
      this.#workers.kill();
      this.#finish(1);
    };
    const parts = {
      log,
      hooks: this.#hooks,
      systemd: this.#systemd,
      slots: this.#slots,
      workers: this.#workers,
    };
    this.#stop = new Stop(parts, (code) => this.#finish(code));
    this.#reload = new Reload(parts, releases, this.#stop);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /**
   * Starts the workers, and resolves when all are ready. A worker that fails is started again if
   * another one is ready.
   *
   * @throws GracefulShutdownError `ERR_RESTART_START_FAILED` when none can run, and
   * `ERR_RESTART_PID_FILE` when the PID file cannot be written; the service has ended
   */
  async start(): Promise<void> {
    nodeProcess.ignoreOutputErrors();
    try {
      this.#pidFile?.prepare();
    } catch (error) {
      this.#finish(1);
      throw error;
    }
    try {
      await this.#slots.fill();
    } catch (error) {
      if (this.#stop.isAsked) return;
      this.#finish(1);
      throw startFailed(error, this.#options.script);
    }
    if (this.#stop.isAsked) return;
    this.#publishPidFile();
    this.#systemd?.ready();
    this.#systemd?.watch(() => this.#isWell());
    this.#pm2?.started(this.#workers.budgetMs);
    this.#warnOfUnused();
    const pids = this.#slots.serving.map(({ pid }) => pid);
    this.#options.log.log(
      `${count(pids.length, 'worker')} ready after ${seconds(this.#uptimeMs)} (${pids.join(', ')}). ` +
        'SIGHUP reloads the code, SIGTERM stops the service',
    );
  }

  /**
   * Replaces the workers one at a time with workers running the code now on disk. Calls during a
   * reload lead to one more reload. If a new worker does not become ready, the remaining workers
   * stay.
   *
   * @param options - `workers`: how many there should be from now on, 1 to 1024; by default as many
   * as before
   * @returns how it went; it never throws
   */
  reload({ workers }: { readonly workers?: number | undefined } = {}): Promise<ReloadResult> {
    return this.#reload.request(workers);
  }

  /**
   * Stops the service: all workers leave, each with its whole shutdown. A second call cuts work in
   * flight, a third one kills the workers.
   *
   * @returns whether it ends: `false` if `beforeStop` has kept it
   */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
    return this.#stop.ask(signal);
  }

  /** Returns what `nestjs-drain status` shows. */
  async status(): Promise<RestartStatus> {
    return {
      pid: process.pid,
      uptimeMs: Math.round(this.#uptimeMs),
      generation: this.#slots.generation,
      isReloading: this.#reload.isRunning,
      wanted: this.#slots.wanted,
      workers: await this.#workers.status(),
      ...(this.#reload.last && { lastReload: this.#reload.last }),
    };
  }

  /**
   * Handles signals until the service has ended: SIGHUP and SIGUSR2 reload; SIGTERM, SIGINT,
   * SIGQUIT and the application's own option `signals` stop. A SIGHUP from a closing terminal does
   * nothing.
   */
  listenToSignals(): void {
    this.#signals?.end();
    this.#signals = new PrimarySignals({
      stop: (signal) => void this.stop(signal),
      reload: () => void this.reload(),
      terminalClosed: () =>
        this.#options.log.log('SIGHUP: the terminal was closed, the service keeps running'),
      around: (signal, happens) => void this.#aroundSignal(signal, happens),
    });
    this.#signals.stopBy(this.#workers.signals);
    this.#signals.listenTo(this.#hooks.signals);
  }

  get #uptimeMs(): number {
    return systemClock.now() - this.#startedAt;
  }

  async #aroundSignal(signal: NodeJS.Signals, happens: () => void): Promise<void> {
    if (!this.#hooks.signals.includes(signal)) return happens();
    await this.#hooks.onSignal(signal, 'before');
    happens();
    await this.#hooks.onSignal(signal, 'after');
  }

  /** Whether a worker serves and answers, or all are leaving within their time. */
  async #isWell(): Promise<boolean> {
    if (this.#stop.isLeaving) return true;
    const workers = await this.#workers.status();
    return workers.some(({ phase, state }) => phase === 'ready' && state !== undefined);
  }

  #finish(code: number): void {
    this.#slots.retire();
    this.#sockets.close();
    this.#pidFile?.remove();
    this.#pm2?.closed();
    this.#signals?.end();
    this.#end(code);
  }

  #warnOfUnused(): void {
    if (this.#inherited === undefined) return;
    warnOfUnused(this.#inherited, (message) => this.#options.log.warn(message));
  }

  /** A failure here does not end the service: the workers serve already. */
  #publishPidFile(): void {
    try {
      this.#pidFile?.publish();
    } catch (error) {
      this.#options.log.error(messageOf(error));
    }
  }
}

function startFailed(cause: unknown, script: string): GracefulShutdownError {
  const remedy = /\.[cm]?ts$/.test(script)
    ? 'Node by itself cannot run Nest from TypeScript: build, and name dist/main.js'
    : 'If it was not ready in time, check that its root module imports GracefulShutdownModule, and ' +
      'that it listens';
  return new GracefulShutdownError(
    'ERR_RESTART_START_FAILED',
    `No worker could be started: ${messageOf(cause)}. See its output. ${remedy}`,
    { cause },
  );
}
