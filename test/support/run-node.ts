import { execFile } from 'node:child_process';

/** How a program ended, and what it printed. */
export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from standard input. */
  readonly input?: string | Buffer;
}

const timeout = 20_000;

/** Runs a program of Node to its end. */
export function runNode(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { input = '', env = {}, ...others } = options;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      argv,
      { ...others, env: { PATH: process.env['PATH'], ...env }, timeout },
      (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin!.on('error', () => {}); // It may be gone before it has read all.
    child.stdin!.end(input);
  });
}
