import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LoggedProcess } from '../support/logged-process.js';

const script = join(import.meta.dirname, '..', '..', 'demo', 'live', 'live.mjs');

/** `npm run demo:live`, with times that a test can wait for. */
export class LiveDemo {
  readonly url: string;
  #process: LoggedProcess | undefined;
  /** It puts its socket there. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'live-demo-'));

  private constructor(private readonly port: number) {
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async onFreePort(): Promise<LiveDemo> {
    const demo = new LiveDemo(await freePort());
    await demo.start();
    return demo;
  }

  /** Again, too: on the same port. */
  async start(): Promise<void> {
    this.#process = new LoggedProcess([process.execPath, script], {
      env: {
        LIVE_PORT: String(this.port),
        LIVE_SECOND_MS: '300',
        GRACE_PERIOD_MS: '1000',
        TMPDIR: this.#folder,
      },
    });
    await this.#process.logged(/The page: http/);
  }

  /** @returns its exit code */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#process?.child.kill(signal);
    return (await this.#process?.exited)?.code ?? null;
  }

  /** What it has left in the folder for temporary files. */
  get leftBehind(): string[] {
    return readdirSync(this.#folder);
  }

  removeFolder(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
