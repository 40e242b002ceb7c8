import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { commandOf, isRunning, processesOf } from './process-tree.js';

/** What is started: words, without a shell where none is needed. @internal */
export interface StartCommand {
  readonly words: readonly string[];
  readonly text: string;
}

/** How the first process ended. @internal */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Enough for a report and what was printed before it. */
const MOST_OUTPUT = 1024 * 1024;
const TAIL_LINES = 20;

/**
 * The service, as the leader of a process group of its own: a signal of the terminal does not reach
 * it, and all that it starts can be found and ended.
 *
 * @internal
 */
export class ServiceProcess {
  /** What it printed, both streams; of much the end. */
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

  /** Ends all of it, at once. */
  kill(): void {
    for (const pid of this.processes()) send(pid, 'SIGKILL');
  }

  /** Resolves when nothing of it is left, and all that it printed has been read. */
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

/** `npm start` is a program and a word; `cd api && npm start` is a shell's. @internal */
export function startCommand(text: string): StartCommand {
  const isPlain = /^[\w@%+=:,./-]+(?: +[\w@%+=:,./-]+)*$/.test(text) && !/^\w+=/.test(text);
  return { words: isPlain ? text.split(/ +/) : ['/bin/sh', '-c', text], text };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in between.
  }
}
