import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Clients get their ports from 32768 on, so an instance finds its port free when it comes back. */
const PORTS = { from: 10_000, to: 32_768 };

/** Starts a program that does not outlive this one. */
export function run(program: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/** An instance of the application; the next one listens on the same port. */
export class Instance {
  #child: ChildProcess | undefined;

  constructor(
    readonly name: string,
    readonly port: number,
  ) {}

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'instance.js');
    this.#child = run(process.execPath, [script], { PORT: String(this.port) });
    this.#child.stderr!.pipe(process.stderr);
    const failed = once(this.#child, 'exit').then(() => {
      throw new Error(`Instance ${this.name} did not start`);
    });
    await Promise.race([once(this.#child.stdout!, 'data'), failed]);
  }

  /** Sends SIGTERM. @returns how the process ended */
  async stop(): Promise<number | NodeJS.Signals> {
    const exited = once(this.#child!, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.#child!.kill('SIGTERM');
    const [code, signal] = await exited;
    return code ?? signal!;
  }
}

export async function freePort(): Promise<number> {
  const port = randomInt(PORTS.from, PORTS.to);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return isFree ? port : freePort();
}
