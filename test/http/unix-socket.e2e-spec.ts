import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

const folder = mkdtempSync(join(tmpdir(), 'drain-unix-'));
let count = 0;

afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true }));

const socketPath = () => join(folder, `${(count += 1)}.sock`);

/** A connection that a test writes to itself. */
function open(path: string, tls: boolean): Promise<Socket> {
  const socket = tls ? connectTls({ path, rejectUnauthorized: false }) : connect(path);
  return new Promise((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

describe.each([
  ['http', false],
  ['https', true],
])('%s over a Unix socket', (_, tls) => {
  const config = (): FixtureConfig => ({ https: tls, socketPath: socketPath() });

  it('cuts every connection at the deadline, visibly', async () => {
    const { socketPath: path, ...rest } = config();
    const app = await start({ ...rest, socketPath: path!, options: { drainTimeoutMs: 1000 } });
    const options = { tls, socketPath: path! };
    const cut = Promise.all([
      attempt(0, '/hang', options),
      attempt(0, '/raw?ms=500', options),
      attempt(0, '/hang', options),
    ]);
    await app.event('handler', 3);
    const sentAt = app.signal('SIGTERM');
    for (const outcome of await cut) expect(outcome).toHaveProperty('error');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
    expect(app.log).not.toContain('ERR_INVALID_HANDLE_TYPE');
    expect(app.log).toMatch(/Cut: .*GET PlainController\.hang/);
  });

  it('answers the requests in flight, and is not held by silent connections', async () => {
    const { socketPath: path, ...rest } = config();
    const app = await start({ ...rest, socketPath: path! });
    const silent = await Promise.all([open(path!, false), open(path!, false)]);
    const used = await open(path!, tls);
    const ended = Promise.all([...silent, used].map((socket) => text(socket)));
    const slow = request(0, '/slow?ms=600', { tls, socketPath: path! });
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    expect(await slow).toMatchObject({ status: 200, connection: 'close' });
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(600 + SOON_MS);
    await ended;
    for (const socket of [...silent, used]) socket.destroy();
  });
});
