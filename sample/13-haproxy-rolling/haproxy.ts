import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort, type Instance, run } from './processes.js';

const LOOK_AGAIN_MS = 20;
const PATIENCE_MS = 20_000;
/** The configuration is not compiled, so it is where the sources are. */
const FILE = join(import.meta.dirname, '..', '..', '13-haproxy-rolling', 'haproxy.cfg');
/** Where Debian puts it, which is not in everybody's path. */
const PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(delimiter);
const MISSING = `This sample needs HAProxy, and there is none in the path.
Debian, Ubuntu: apt-get install haproxy; Alpine: apk add haproxy; macOS: brew install haproxy.
If it is elsewhere: HAPROXY=/path/to/haproxy npm run sample 13-haproxy-rolling`;

/** HAProxy with the file beside this one, in the foreground and on a free port. */
export class HAProxy {
  private constructor(
    readonly port: number,
    private readonly socket: string,
  ) {}

  static async start(instances: readonly Instance[]): Promise<HAProxy> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'haproxy-rolling-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const socket = join(folder, 'stats.sock');
    const ports = instances.map((of) => [`PORT_${of.name.toUpperCase()}`, String(of.port)]);
    const env = { PATH, PORT: String(port), STATS_SOCKET: socket, ...Object.fromEntries(ports) };
    const child = run(process.env.HAPROXY ?? 'haproxy', ['-db', '-f', FILE], env);
    child.once('error', (error: NodeJS.ErrnoException) => {
      console.error(error.code === 'ENOENT' ? MISSING : error.message);
      process.exit(1);
    });
    // It writes down each change, which the table says better.
    let log = '';
    child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.once('close', () => {
      console.error(`HAProxy has ended:\n${log}`);
      process.exit(1);
    });
    return new HAProxy(port, socket);
  }

  /** Resolves when HAProxy believes that the instance is in that state. */
  async until(state: 'UP' | 'DOWN', { name }: Instance): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while ((await this.#state(name)) !== state) {
      if (Date.now() > end) throw new Error(`HAProxy does not see ${name} ${state}`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async #state(server: string): Promise<string | undefined> {
    const connection = connect(this.socket);
    try {
      await once(connection, 'connect');
    } catch {
      return undefined; // It has just been started.
    }
    connection.write('show stat\n');
    const [header = '', ...rows] = (await text(connection)).split('\n');
    const row = rows.find((line) => line.startsWith(`orders,${server},`));
    return row?.split(',')[header.split(',').indexOf('status')];
  }
}
