import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { attempt, request } from '../support/http-client.js';
import { endAll, RunningApplication } from '../support/running-application.js';
import { freePort } from '../support/server-process.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'probes-'));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

async function statuses(port: number): Promise<number[]> {
  const answers = await Promise.all(
    ['/live', '/ready', '/startup'].map((path) => request(port, path)),
  );
  return answers.map(({ status }) => status);
}

describe('a worker without HTTP', () => {
  it('answers probes from its start to its end, and has a file while it is ready', async () => {
    const port = await freePort();
    const file = join(folder, 'ready');
    // Of a process that was killed.
    writeFileSync(file, '1\n');
    const app = new RunningApplication({ program: 'probes', options: { probes: { port, file } } });
    await app.event('initializing');
    await expect.poll(() => attempt(port, '/live'), { timeout: 10_000 }).toHaveProperty('status');
    expect(await statuses(port)).toEqual([200, 503, 503]);
    expect(existsSync(file)).toBe(false);

    await app.event('listening');
    expect(await statuses(port)).toEqual([200, 200, 200]);
    expect(existsSync(file)).toBe(true);

    const sentAt = app.signal('SIGTERM');
    await app.event('told');
    expect(await statuses(port)).toEqual([200, 503, 200]);
    expect(existsSync(file)).toBe(false);
    const exit = await app.exited;
    expect(exit.code).toBe(0);
    // Neither a grace period for nobody, nor held by its own probes.
    expect(exit.at - sentAt).toBeLessThan(10_000);
  });

  it('answers probes with the state, and nothing else', async () => {
    const port = await freePort();
    const app = new RunningApplication({ program: 'probes', options: { probes: { port } } });
    await app.event('listening');
    expect(await request(port, '/ready?token=secret')).toMatchObject({
      status: 200,
      body: '{"status":"ok","state":"running"}',
      connection: 'close',
    });
    expect(await request(port, '/')).toMatchObject({ status: 404, body: '' });
    expect(await request(port, '/ready', { body: '{}' })).toMatchObject({ status: 405, body: '' });
    app.signal('SIGTERM');
    expect((await app.exited).code).toBe(0);
  });

  it('does not start if another process has the port, and names it', async () => {
    const blocker = createServer().listen(0);
    const { port } = blocker.address() as { port: number };
    const app = new RunningApplication({ program: 'probes', options: { probes: { port } } });
    expect((await app.exited).code).toBe(1);
    expect(app.log).toContain(`Probes cannot use the port ${port}: listen EADDRINUSE`);
    blocker.close();
  });

  it('does not start if the file cannot be written, and names it', async () => {
    const file = join(folder, 'none', 'ready');
    const app = new RunningApplication({ program: 'probes', options: { probes: { file } } });
    expect((await app.exited).code).toBe(1);
    expect(app.log).toContain(`Probes cannot use the file ${file}: ENOENT`);
  });

  it('does not write through a link in place of the file', async () => {
    const [file, other] = [join(folder, 'ready'), join(folder, 'other')];
    writeFileSync(other, 'precious');
    symlinkSync(other, file);
    const app = new RunningApplication({ program: 'probes', options: { probes: { file } } });
    await app.event('listening');
    expect(existsSync(file)).toBe(true);
    app.signal('SIGTERM');
    expect((await app.exited).code).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(other)).toBe(true);
  });
});
