import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endProcesses, LoggedProcess } from '../support/logged-process.js';
import { findProgram, freePort } from '../support/server-process.js';

const samples = join(import.meta.dirname, '..', '..', 'sample');
const isMissing = (program: string) => findProgram(program) === undefined;

describe('sample 11-systemd:', () => {
  afterEach(endProcesses);

  it.skipIf(isMissing('systemd-analyze'))('systemd accepts the unit files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-units-'));
    const units = ['orders.service', 'orders.socket'].map((unit) => {
      const text = readFileSync(join(samples, '11-systemd', unit), 'utf8');
      // It looks for the programs, too.
      writeFileSync(join(folder, unit), text.replaceAll(/^(Exec\w+=)\S+/gm, '$1/bin/true'));
      return join(folder, unit);
    });
    const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', ...units]);
    rmSync(folder, { recursive: true });
    expect(stderr.split('\n').filter((line) => line.includes('orders'))).toEqual([]);
  });

  it.skipIf(isMissing('systemd-socket-activate'))(
    'the service takes the socket of systemd',
    async () => {
      const port = await freePort();
      const main = join(samples, '.out', '11-systemd', 'main.js');
      const address = `127.0.0.1:${port}`;
      const command = ['systemd-socket-activate', '-l', address, `-EPORT=${port}`];
      const sample = new LoggedProcess([...command, process.execPath, main]);
      await sample.logged(/Listening on 127/);
      const order = await request(port, '/orders/1?ms=10');
      expect(JSON.parse(order.body)).toEqual({ id: 1, answeredBy: sample.pid });
      sample.child.kill('SIGTERM');
      expect(await sample.exited).toEqual({ code: 0, signal: null });
      expect(sample.log).not.toMatch(/WARN|ERROR/);
    },
  );
});
