import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { commandOf, isRunning, processesOf } from './process-tree.js';

/** The command to start, with a shell only if needed. @internal */
export interface StartCommand {
  readonly words: readonly string[];
  readonly text: string;
}

/** How the first process exited. @internal */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Enough for a report and the output before it. */
const MOST_OUTPUT = 1024 * 1024;
const TAIL_LINES = 20;

/**
 * The service as the leader of its own process group: signals of the terminal do not reach it, and
 * all its processes can be found and killed.
 *
 * @internal
 */
export class ServiceProcess {
  /** The end of its standard output and error. */
  output = '';
  readonly exited: Promise<ServiceExit>;
  readonly #child: ChildProcess;
  #exit: ServiceExit | undefined;
  readonly #endWithUs = () => this.kill();

  constructor(
    readonly command: StartCommand,
    env: NodeJS.ProcessEnv,
  ) {
    const [program = '', ...args] = command.words;
    this.#child = spawn(program, args, {
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.on('exit', this.#endWithUs);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.output = `${this.output}${text}`.slice(-MOST_OUTPUT);
      });
    }
    this.exited = new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#exit ??= { code, signal };
        resolve(this.#exit);
      };
      this.#child.once('exit', ended);
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        this.output += error.code === 'ENOENT' ? `${program}: command not found` : error.message;
        ended(127, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get exit(): ServiceExit | undefined {
    return this.#exit;
  }

  get outputTail(): string {
    return this.output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  processes(): number[] {
    return this.pid === 0 ? [] : processesOf(this.pid);
  }

  describe(pid: number): string {
    return commandOf(pid);
  }

  isRunning(pid: number): boolean {
    return isRunning(pid);
  }

  signal(signal: NodeJS.Signals, reaches: 'first' | 'all'): void {
    if (this.pid === 0) return;
    for (const pid of reaches === 'all' ? this.processes() : [this.pid]) send(pid, signal);
  }

  /** Kills all its processes. */
  kill(): void {
    for (const pid of this.processes()) send(pid, 'SIGKILL');
  }

  /** Resolves when all its processes are gone and its output has been read. */
  async end(): Promise<void> {
    const { stdout, stderr } = this.#child;
    const open = [stdout, stderr].filter((stream) => stream !== null && !stream.closed);
    const read = open.map((stream) => once(stream!, 'close'));
    this.kill();
    await this.exited;
    await Promise.all(read);
    process.off('exit', this.#endWithUs);
  }
}

/** `npm start` needs no shell; `cd api && npm start` does. @internal */
export function startCommand(text: string): StartCommand {
  const isPlain = /^[\w@%+=:,./-]+(?: +[\w@%+=:,./-]+)*$/.test(text) && !/^\w+=/.test(text);
  return { words: isPlain ? text.split(/ +/) : ['/bin/sh', '-c', text], text };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited meanwhile.
  }
}
