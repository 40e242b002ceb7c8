import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findProgram } from '../support/server-process.js';

const timeoutMs = 60_000;

/** A PM2 of a test's own, with nobody else's applications. */
export class Pm2Daemon {
  readonly home = mkdtempSync(join(tmpdir(), 'nestjs-drain-pm2-'));

  /** Runs PM2's command, which resolves when the daemon has done it. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    await promisify(execFile)(findProgram('pm2')!, args, {
      env: { PATH: process.env['PATH'], HOME: this.home, PM2_HOME: this.home, ...env },
      timeout: timeoutMs,
    });
  }

  /** All that an application printed. */
  log(name: string): string {
    const folder = join(this.home, 'logs');
    const files = readdirSync(folder).filter((file) => file.startsWith(name));
    return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
  }

  async end(): Promise<void> {
    await this.run(['kill']);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
