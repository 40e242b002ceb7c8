import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { fixture } from '../support/compiled.js';
import { endProcesses, LoggedProcess } from '../support/logged-process.js';
import { findProgram, freePort } from '../support/server-process.js';
import { Load } from './load.js';
import { SocketHolder } from './socket-holder.js';

const activate = 'systemd-socket-activate';

afterEach(endProcesses);

/** Starts once the first client has come. */
function activated(options: readonly string[], env: Record<string, string>): LoggedProcess {
  const variables = Object.entries(env).map(([name, value]) => `-E${name}=${value}`);
  const program = [process.execPath, fixture('supervised')];
  return new LoggedProcess([activate, ...options, ...variables, ...program]);
}

describe.skipIf(findProgram(activate) === undefined)(`sockets passed by ${activate}:`, () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('app.listen(port) and other servers find theirs by address, port or path', async () => {
    const [port, other, free] = [await freePort(), await freePort(), await freePort()];
    const path = join(folder, 'orders.sock');
    const abstract = `nestjs-drain-${process.pid}`;
    const held = [`127.0.0.1:${port}`, `0.0.0.0:${other}`, path, `@${abstract}`];
    const servers = [
      { port: other },
      { port: free, host: '127.0.0.1' },
      { path },
      { path: `\0${abstract}` },
    ];
    const app = activated(
      held.flatMap((address) => ['-l', address]),
      { FIXTURE_PORT: String(port), FIXTURE_LISTEN: JSON.stringify(servers) },
    );
    await app.logged(/Listening on @/);

    const pid = (await request(port, '/')).body;
    await app.logged(/environment/);
    await app.logged(/(also listening on [^]*){4}/);
    // Node 20 pads an abstract name, so that its clients find its own servers only.
    const clients = [{ port: other }, { port: free }, { path }];
    for (const client of clients) {
      expect(await text(connect({ host: '127.0.0.1', ...client }))).toBe(`pid ${pid}`);
    }
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log).not.toMatch(/no server listens|LISTEN_(PID|FDS|FDNAMES)"/);
  });

  it('the application may listen to the file descriptor itself', async () => {
    const port = await freePort();
    const app = activated(['-l', `127.0.0.1:${port}`], { FIXTURE_LISTEN: '[{"fd":3}]' });
    await app.logged(/Listening on/);
    expect(await text(connect(port, '127.0.0.1'))).toMatch(/^pid \d+$/);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  it('unused sockets are named, once', async () => {
    const [port, unused] = [await freePort(), await freePort()];
    const app = activated(
      ['-l', `127.0.0.1:${port}`, '-l', `[::1]:${unused}`, '--fdname=http:metrics'],
      { FIXTURE_PORT: String(port) },
    );
    await app.logged(/Listening on \[/);
    await request(port, '/');
    await app.logged(/no server listens/);
    app.child.kill('SIGTERM');
    await app.exited;
    expect(app.log.match(/The service manager passed .*?,/g)).toEqual([
      `The service manager passed [::1]:${unused} (metrics),`,
    ]);
  });

  it('a port in use is an error, as without them', async () => {
    const [port, taken] = [await freePort(), await freePort()];
    const other = new SocketHolder(taken);
    other.listen();
    const app = activated(['-l', `127.0.0.1:${port}`], {
      FIXTURE_PORT: String(port),
      FIXTURE_LISTEN: JSON.stringify([{ port: taken, host: '127.0.0.1' }]),
    });
    await app.logged(/Listening on/);
    await request(port, '/');
    expect((await app.logged(/not listening: .*/))[0]).toContain(`EADDRINUSE`);
    other.close();
  });
});

it('an invalid LISTEN_ variable stops the start', async () => {
  const script = 'LISTEN_PID=$$ LISTEN_FDS=a exec "$0" "$1"';
  const app = new LoggedProcess(['sh', '-c', script, process.execPath, fixture('supervised')]);
  expect((await app.exited).code).not.toBe(0);
  expect(app.log).toContain('LISTEN_FDS=a is not a whole number');
});

it('a stop and start under load with a passed socket refuses no connection and loses no request', async () => {
  const holder = new SocketHolder(await freePort());
  let app = holder.start('supervised');
  await app.logged(/listening on/);
  const load = new Load(holder.port, { fresh: 10, kept: 10 });
  for (let restart = 0; restart < 4; restart++) {
    await load.more(200);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    app = holder.start('supervised');
    await app.logged(/listening on/);
  }
  await load.more(200);
  const { answered, failures, pids } = await load.end();
  holder.close();

  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(1000);
  expect(pids.size).toBe(5);
});
