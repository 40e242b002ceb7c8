import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import type { RestartStatus, WorkerStatus } from '../../src/restart/restart-status.js';
import type { ReleaseConfig } from '../fixtures/release-config.js';
import { command, fixture } from './compiled.js';
import { request } from './http-client.js';
import { RestartLoad } from './restart-load.js';
import type { Exit } from './running-application.js';
import { freePort } from './server-process.js';

const testFolder = join(import.meta.dirname, '..');
const program = pathToFileURL(fixture('release'));
const timeoutMs = 45_000;
const lookAgainMs = 20;

const CHANGE_FOLDER = {
  path: 'exec ',
  cwd: 'cd current && exec ',
  manager: 'cd current && exec env -u PWD ',
};

const running = new Set<RunningCommand>();

export interface CommandOptions {
  readonly release?: Partial<ReleaseConfig>;
  readonly workers?: number;
  /** More options of the command. */
  readonly args?: readonly string[];
  /** The source of a hooks file. */
  readonly hooks?: string;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * How the script is named: as `<folder>/current/main.mjs`, or as `main.mjs` after `cd current`. By
   * a service manager: the path, in that folder, without PWD.
   */
  readonly from?: 'path' | 'cwd' | 'manager';
  /** Puts files into the folder that the command is started in. */
  readonly prepare?: (folder: string) => void;
  /** In a terminal of its own, whose program is `script`. */
  readonly inTerminal?: boolean;
  /** Of the program `node` that runs the command. */
  readonly nodeOptions?: readonly string[];
}

export interface Output {
  readonly code: number;
  readonly output: string;
}

/**
 * The command for graceful restart, in a process and a process group of its own, with a service
 * whose releases lie side by side in a folder; the link `current` leads to one of them.
 */
export class RunningCommand {
  /** All that the primary and its workers printed. */
  log = '';
  readonly exited: Promise<Exit>;
  readonly pidFile: string;
  readonly #child: ChildProcess;
  #releases = 0;

  private constructor(
    /** Of its own, for the files of a test, too. */
    readonly folder: string,
    readonly port: number,
    readonly options: CommandOptions,
  ) {
    this.pidFile = join(folder, 'pid');
    this.deploy({});
    options.prepare?.(folder);
    this.#child = spawn('sh', ['-c', this.#line()], {
      cwd: folder,
      detached: true,
      env: {
        PATH: process.env['PATH'],
        FIXTURE_FILES: join(testFolder, 'fixtures'),
        // The control sockets of a test are its own.
        XDG_RUNTIME_DIR: folder,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    }
    this.exited = once(this.#child, 'exit').then(([code, signal]) => ({
      code,
      signal,
      at: Date.now(),
    }));
  }

  /** Resolves at once; the service may not be ready, or may never be. */
  static async begin(options: CommandOptions = {}): Promise<RunningCommand> {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
    return new RunningCommand(folder, await freePort(), options);
  }

  /** Resolves when all workers are ready. */
  static async start(options: CommandOptions = {}): Promise<RunningCommand> {
    const service = await RunningCommand.begin(options);
    await service.allReady();
    return service;
  }

  get pid(): number {
    if (this.options.inTerminal) return Number(readFileSync(this.pidFile, 'utf8'));
    return this.#child.pid!;
  }

  /** Whoever read the output of the service is gone. */
  loseReaders(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Kills the program that is the terminal of the service. */
  closeTerminal(): void {
    this.#child.kill('SIGKILL');
  }

  /**
   * Puts a release on disk, and lets `current` lead to it.
   *
   * @param release - or the whole source of another program
   */
  deploy(release: Partial<ReleaseConfig> | string): void {
    const name = `r${++this.#releases}`;
    mkdirSync(join(this.folder, name));
    const source = typeof release === 'string' ? release : this.#source(release);
    writeFileSync(join(this.folder, name, 'main.mjs'), source);
    symlinkSync(name, join(this.folder, 'next'));
    renameSync(join(this.folder, 'next'), join(this.folder, 'current'));
  }

  /** Removes the release before the one that is there. */
  removeOld(): void {
    rmSync(join(this.folder, `r${this.#releases - 1}`), { recursive: true });
  }

  /** Writes over the release that is there. */
  overwrite(source: string): void {
    writeFileSync(join(this.folder, 'current', 'main.mjs'), source);
  }

  load(options?: ConstructorParameters<typeof RestartLoad>[1]): RestartLoad {
    return new RestartLoad(this.port, options);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** As a terminal does: to the primary and all its workers. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  exitedAfter(signal: NodeJS.Signals): Promise<Exit> {
    this.signal(signal);
    return this.exited;
  }

  async status(): Promise<RestartStatus> {
    const socketPath = join(this.folder, `nestjs-drain-${process.getuid!()}`, `${this.pid}.sock`);
    const { body } = await request(0, '/status', { socketPath, agent: false });
    return JSON.parse(body) as RestartStatus;
  }

  /** The status after a while in which something might have happened. */
  async staysFor(ms: number): Promise<RestartStatus> {
    await sleep(ms);
    return this.status();
  }

  /** Has a worker print. */
  async says(text: string): Promise<string> {
    const path = `/say?text=${text}`;
    return (await request(this.port, path, { agent: false })).body;
  }

  async readyWorkers(): Promise<WorkerStatus[]> {
    return (await this.status()).workers.filter(({ phase }) => phase === 'ready');
  }

  async pids(): Promise<number[]> {
    return (await this.readyWorkers()).map(({ pid }) => pid);
  }

  /** The version that answers a request on a fresh connection. */
  async version(): Promise<string> {
    const { body } = await request(this.port, '/version', { agent: false });
    return (JSON.parse(body) as { version: string }).version;
  }

  /** What another terminal would run: `nestjs-drain reload --wait` and so on. */
  run(...args: string[]): Promise<Output> {
    return this.runAlone(...args, '--pid', String(this.pid));
  }

  /** The same, where the arguments themselves say which service is meant. */
  runAlone(...args: string[]): Promise<Output> {
    return new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], XDG_RUNTIME_DIR: this.folder };
      const options = { timeout: timeoutMs, env };
      execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
      });
    });
  }

  reload(): Promise<Output> {
    return this.run('reload', '--wait');
  }

  /** Resolves when the reload is over that was asked for by a signal. */
  async reloaded(generation: number): Promise<RestartStatus> {
    return this.statusWith(`the end of reload ${generation}`, (status) => {
      return status.generation >= generation && !status.isReloading;
    });
  }

  allReady(): Promise<RestartStatus> {
    return this.statusWith('all workers ready', ({ workers, wanted }) => {
      return workers.filter(({ phase }) => phase === 'ready').length >= wanted;
    });
  }

  async statusWith(
    what: string,
    matches: (status: RestartStatus) => boolean,
  ): Promise<RestartStatus> {
    let status: RestartStatus | undefined;
    await this.until(what, async () => {
      // Before it is up, nobody answers.
      status = await this.status().catch(() => undefined);
      return status !== undefined && matches(status);
    });
    return status!;
  }

  logged(pattern: RegExp, count = 1): Promise<void> {
    const all = new RegExp(pattern, 'g');
    return this.until(`log ${pattern}`, () => (this.log.match(all) ?? []).length >= count);
  }

  async until(what: string, happened: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!(await happened())) {
      if (Date.now() > end) throw new Error(`no ${what} in ${timeoutMs} ms. Log:\n${this.log}`);
      await sleep(lookAgainMs);
    }
  }

  /** Ends the whole group, whoever of it is left. */
  async end(): Promise<void> {
    running.delete(this);
    // In a terminal the service has a session of its own.
    const pid = this.options.inTerminal && existsSync(this.pidFile) ? [this.pid] : [];
    for (const group of [this.#child.pid!, ...pid]) killGroup(group);
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #source(release: Partial<ReleaseConfig>): string {
    const always = { version: `v${this.#releases}`, listen: [this.port] };
    const config = { ...always, ...this.options.release, ...release };
    return `import { release } from '${program.href}';\nawait release(${JSON.stringify(config)});\n`;
  }

  #line(): string {
    const { workers = 1, args = [], hooks, from = 'path', nodeOptions = [] } = this.options;
    const options = ['--workers', workers, '--ready-path', '/ready', '--soak', 200, ...args];
    if (!args.includes('--pid-file')) options.push('--pid-file', this.pidFile);
    if (hooks !== undefined) {
      writeFileSync(join(this.folder, 'hooks.mjs'), hooks);
      options.push('--hooks', join(this.folder, 'hooks.mjs'));
    }
    const script = from === 'cwd' ? 'main.mjs' : join(this.folder, 'current/main.mjs');
    const node = [process.execPath, ...nodeOptions];
    const words = [...node, command, ...options, script].map((word) => `'${word}'`);
    const line = `${CHANGE_FOLDER[from]}${words.join(' ')}`;
    return this.options.inTerminal ? `exec script -qec "${line}" /dev/null` : line;
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

/** Ends what a test has left; for `afterEach`. */
export async function endCommands(): Promise<void> {
  await Promise.all([...running].map((service) => service.end()));
}

/** A process that has ended, but was not asked for its code yet, is gone, too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Gone in between; where there is no such file, we know no better.
    return process.platform !== 'linux';
  }
}
