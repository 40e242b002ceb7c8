import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { ServerProcess } from './server-process.js';

const timeoutMs = 60_000;
const lookAgainMs = 10;

/** What HAProxy counts of a server, or of all of a backend: the columns of `show stat`. */
export type Counts = Readonly<Record<string, string>>;

export interface Backend {
  /** Of the instances. */
  readonly ports: readonly number[];
  /** More lines of the backend. */
  readonly settings: readonly string[];
}

/** HAProxy with one backend, whose servers are named by their ports. */
export class HAProxy {
  private constructor(
    private readonly server: ServerProcess,
    private readonly statsSocket: string,
  ) {}

  static async start(backend: Backend): Promise<HAProxy> {
    let socket = '';
    const server = await ServerProcess.start('haproxy', (port, folder) => {
      const file = join(folder, 'haproxy.cfg');
      socket = join(folder, 'stats.sock');
      writeFileSync(file, configuration(port, socket, backend));
      return ['-db', '-f', file];
    });
    return new HAProxy(server, socket);
  }

  /** Where its clients connect. */
  get port(): number {
    return this.server.port;
  }

  /** Resolves when HAProxy believes that the server is in that state. */
  async until(port: number, state: 'UP' | 'DOWN'): Promise<void> {
    const end = Date.now() + timeoutMs;
    for (let status = ''; status !== state; await sleep(lookAgainMs)) {
      if (Date.now() > end) throw new Error(`${port} is ${status} in HAProxy, not ${state}`);
      ({ status = '' } = await this.counts(String(port)));
    }
  }

  /** @param server - its name; by default of all of them together */
  async counts(server = 'BACKEND'): Promise<Counts> {
    const connection = connect(this.statsSocket);
    await once(connection, 'connect');
    connection.write('show stat\n');
    const [header = '', ...rows] = (await text(connection)).trim().split('\n');
    const names = header.replace('# ', '').split(',');
    const lists = rows.map((row) => row.split(','));
    const values = lists.find(([proxy, name]) => proxy === 'instances' && name === server);
    if (values === undefined) throw new Error(`HAProxy knows no ${server}`);
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

function configuration(port: number, socket: string, { ports, settings }: Backend): string {
  return [
    'global',
    `  stats socket ${socket} mode 600`,
    'defaults',
    '  mode http',
    '  timeout connect 2s',
    '  timeout client 60s',
    '  timeout server 60s',
    'frontend clients',
    `  bind 127.0.0.1:${port}`,
    '  default_backend instances',
    'backend instances',
    ...settings.map((line) => `  ${line}`),
    ...ports.map((of) => `  server ${of} 127.0.0.1:${of} check`),
    '',
  ].join('\n');
}
