import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { findProgram, ServerProcess } from './server-process.js';

const timeoutMs = 60_000;
const lookAgainMs = 10;
const WORKERS = 2;
/** How long nginx leaves an instance alone that refused a connection. */
const FAIL_TIMEOUT_S = 2;

export interface Upstream {
  /** Of the instances. */
  readonly ports: readonly number[];
  /** Which of them are taken out. */
  readonly down?: readonly number[];
  /** More lines of the location that is passed on. */
  readonly settings: readonly string[];
}

/** nginx that passes all on to the instances. */
export class Nginx {
  #reloads = 0;

  private constructor(
    private readonly server: ServerProcess,
    private readonly folder: string,
  ) {}

  static async start(upstream: Upstream): Promise<Nginx> {
    let home = '';
    const server = await ServerProcess.start('nginx', (port, folder) => {
      home = folder;
      // Where it cannot write to the folders it was built with.
      mkdirSync(join(folder, 'temp'));
      writeFileSync(join(folder, 'nginx.conf'), configuration(port, upstream));
      return [...argumentsFor(folder), '-g', 'daemon off;'];
    });
    return new Nginx(server, home);
  }

  /** Where its clients connect. */
  get port(): number {
    return this.server.port;
  }

  /** How many requests were passed to a second instance. */
  get passedOn(): number {
    return this.#file('access.log').match(/, /g)?.length ?? 0;
  }

  /** What went wrong, as nginx puts it. */
  get problems(): string[] {
    return this.#file('error.log')
      .split('\n')
      .filter((line) => /\[(warn|error|crit|alert|emerg)\]/.test(line));
  }

  /** Resolves when no worker with the old configuration is left. */
  async reload(upstream: Upstream): Promise<void> {
    writeFileSync(join(this.folder, 'nginx.conf'), configuration(this.port, upstream));
    const args = [...argumentsFor(this.folder), '-s', 'reload'];
    await promisify(execFile)(findProgram('nginx')!, args);
    this.#reloads += 1;
    const end = Date.now() + timeoutMs;
    const left = () => this.#file('error.log').match(/worker process \d+ exited with code 0/g);
    while ((left()?.length ?? 0) < this.#reloads * WORKERS) {
      if (Date.now() > end) throw new Error(`reload ${this.#reloads} takes too long`);
      await sleep(lookAgainMs);
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  #file(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }
}

function argumentsFor(folder: string): string[] {
  return ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'];
}

function configuration(port: number, { ports, down = [], settings }: Upstream): string {
  const servers = ports.map(
    (of) =>
      `server 127.0.0.1:${of} fail_timeout=${FAIL_TIMEOUT_S}s${down.includes(of) ? ' down' : ''};`,
  );
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path temp;`,
  );
  // Started by root, its worker would be a user who may not enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
${user}
worker_processes ${WORKERS};
pid nginx.pid;
error_log error.log notice;
events {}
http {
  ${temp.join('\n  ')}
  log_format upstreams '$status $upstream_addr';
  access_log access.log upstreams;
  upstream instances {
    zone instances 64k;
    ${servers.join('\n    ')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://instances;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${settings.join('\n      ')}
    }
  }
}
`;
}
