import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const samples = join(import.meta.dirname, '..', '..', 'sample');
const timeoutMs = 15_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A sample in a process of its own, on a free port. */
export class SampleProcess {
  /** All that it printed. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  readonly #watchers = new Set<(line: string) => void>();

  /** @param script - the script, below the folder of the samples, and its arguments */
  constructor(script: readonly [file: string, ...args: string[]], env: NodeJS.ProcessEnv = {}) {
    const [file, ...args] = script;
    this.#child = spawn(process.execPath, [join(samples, file), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], NO_COLOR: '1', PORT: '0', ...env },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.#read(line));
    }
    // `close` comes when all output has been read, too.
    this.#exit = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Resolves when the sample listens. */
  async port(): Promise<number> {
    const line = await this.line(/^Listening on http/);
    return Number(line.split(':').at(-1));
  }

  /** The first line that matches, of those that have come and those that will. */
  line(pattern: RegExp): Promise<string> {
    const known = this.lines.find((line) => pattern.test(line));
    if (known !== undefined) return Promise.resolve(known);
    const found = new Promise<string>((resolve) => {
      this.#watchers.add((line) => pattern.test(line) && resolve(line));
    });
    const ended = this.#exit.then(() => Promise.reject(this.#problem(`exit without ${pattern}`)));
    return this.#bounded(Promise.race([found, ended]), `no ${pattern}`);
  }

  /** Where the first line that matches stands, counted from the start. */
  indexOf(pattern: RegExp): number {
    return this.lines.findIndex((line) => pattern.test(line));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends SIGTERM; resolves when the sample has seen it. */
  async terminate(): Promise<void> {
    this.signal('SIGTERM');
    await this.line(/SIGTERM received, stopping/);
  }

  exited(): Promise<Exit> {
    return this.#bounded(this.#exit, 'no exit');
  }

  /** Ends what a failed test has left. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  #read(line: string): void {
    this.lines.push(line);
    for (const watch of this.#watchers) watch(line);
  }

  #bounded<T>(work: Promise<T>, otherwise: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#problem(`${otherwise} in time`)), timeoutMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  #problem(what: string): Error {
    return new Error(`${what}; the sample printed:\n${this.lines.join('\n')}`);
  }
}
