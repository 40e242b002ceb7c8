import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const timeoutMs = 15_000;
const lookAgainMs = 20;

const running = new Set<LoggedProcess>();

/** Any program, of which a test sees what it prints. */
export class LoggedProcess {
  log = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly child: ChildProcess;

  constructor([program, ...args]: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(program!, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
      env: { PATH: process.env['PATH'], ...options.env },
    });
    running.add(this);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    }
    // All output has been read, too.
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this);
      return { code, signal };
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The first match in what it prints. */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + timeoutMs; ; await sleep(lookAgainMs)) {
      const match = pattern.exec(this.log);
      if (match !== null) return match;
      if (Date.now() > end) throw new Error(`no ${pattern} in time. Log:\n${this.log}`);
    }
  }
}

/** Ends what a failed test has left; for `afterEach`. */
export async function endProcesses(): Promise<void> {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all([...running].map(({ exited }) => exited));
}
