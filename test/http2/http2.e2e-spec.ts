import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { BEFORE_DEADLINE_MS, LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { FRAME, frame, HALF_A_HEADER, OPENING } from '../support/http2-bytes.js';
import { Http2Client } from '../support/http2-client.js';
import { endAll, start } from '../support/running-application.js';

const clients: Http2Client[] = [];

afterEach(async () => {
  clients.splice(0).forEach((client) => client.destroy());
  await endAll();
});

const NO_ERROR = 0;
const ROW = '{"row":"row"}';

async function open(port: number, tls: boolean): Promise<Http2Client> {
  const client = await Http2Client.open(port, tls);
  clients.push(client);
  return client;
}

describe.each([
  ['h2c', false],
  ['h2 with TLS', true],
])('HTTP/2 with %s', (_, tls) => {
  const config: FixtureConfig = { program: 'streams', http2: true, https: tls };

  it('requests in flight are answered whole, the session is told to go and ends, then the pool closes', async () => {
    const app = await start({ ...config, options: { drainTimeoutMs: 5000 } });
    const [busy, idle] = [await open(app.port, tls), await open(app.port, tls)];
    await idle.request('/hello');
    const answers = [
      busy.request('/slow/one?ms=600'),
      busy.request('/raw?ms=30'),
      busy.request('/slow/two?ms=700'),
    ];
    await app.event('handler', 3);
    const sentAt = app.signal('SIGTERM');

    const outcomes = await Promise.all(answers);
    await Promise.all([busy.closed, idle.closed]);
    const exit = await app.exited;

    expect(outcomes).toMatchObject([
      { status: 200, body: ROW, complete: true },
      { status: 200, complete: true },
      { status: 200, body: ROW, complete: true },
    ]);
    expect(outcomes[1]!.body).toHaveLength(20_000);
    expect(busy.goaways.at(-1)).toMatchObject({ code: NO_ERROR, lastStreamId: 5 });
    expect(idle.goaways[0]).toMatchObject({ code: NO_ERROR });
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(700 + SOON_MS);
    expect(app.log).toContain('3 HTTP/2 requests answered');
    expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
  });

  it('a request that never ends is cut at the deadline, visibly, and named', async () => {
    const app = await start({ ...config, options: { drainTimeoutMs: 800 } });
    const client = await open(app.port, tls);
    const answers = [client.request('/hang?token=secret'), client.request('/raw')];
    await app.event('handler', 2);
    const sentAt = app.signal('SIGTERM');

    const outcomes = await Promise.all(answers);
    const exit = await app.exited;

    expect(outcomes.map(({ complete }) => complete)).toEqual([false, false]);
    expect(outcomes.map(({ error }) => error !== undefined)).toEqual([true, true]);
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeGreaterThanOrEqual(700);
    expect(exit.at - sentAt).toBeLessThan(800 + SOON_MS);
    expect(app.log).toMatch(/Cut: .*GET RequestsController\.hang/);
    expect(app.log).toMatch(/Cut: .*GET RequestsController\.raw/);
    expect(app.log).not.toContain('secret');
  });

  it('connections that send nothing, and clients that never hang up, do not hold the exit', async () => {
    const app = await start(config);
    const silent = await RawConnection.open(app.port);
    // Ends its side never: as a client whose machine is gone.
    const stuck = await RawConnection.open(app.port);
    stuck.socket.allowHalfOpen = true;
    if (!tls) stuck.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0');
    await (await open(app.port, tls)).request('/hello');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    await silent.closed;
    stuck.end();
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
  });
});

describe('an HTTP/2 session', () => {
  const tls = false;
  const config: FixtureConfig = { program: 'streams', http2: true };

  it('counts a push as work in flight', async () => {
    const app = await start(config);
    const client = await open(app.port, tls);
    const pushed = new Promise<string>((resolve) => {
      client.session.on('stream', (stream) => void text(stream).then(resolve));
    });
    const answer = await client.request('/push?ms=100');
    expect(answer).toMatchObject({ status: 200, complete: true });
    app.signal('SIGTERM');
    expect(await pushed).toBe('row row row row row row row row row row ');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order.indexOf('pushed')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
  });

  it('has its push cut at the deadline, visibly, and named', async () => {
    const app = await start({ ...config, options: { drainTimeoutMs: 600 } });
    const client = await open(app.port, tls);
    const pushed = new Promise<string>((resolve) => {
      client.session.on('stream', (stream) => {
        text(stream).then(resolve, (error: Error) => resolve(error.message));
      });
    });
    await client.request('/push?ms=1000');
    app.signal('SIGTERM');
    expect(await pushed).toContain('INTERNAL_ERROR');
    expect((await app.exited).code).toBe(1);
    expect(app.log).toContain('Cut: HTTP/2 push or tunnel');
  });

  it('refuses a request that crosses the GOAWAY, so that a POST can be repeated, before it reaches its handler', async () => {
    const app = await start(config);
    const [client, idle] = [await open(app.port, tls), await open(app.port, tls)];
    const slow = client.request('/slow/one?ms=800');
    await app.event('handler');
    app.signal('SIGTERM');
    // The client does not read meanwhile; the GOAWAY waits in its socket.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    const crossing = [client.request('/echo', '{}'), idle.request('/echo', '{}')];

    for (const { status, error } of await Promise.all(crossing)) {
      expect({ status, error }).toMatchObject({
        status: undefined,
        error: expect.stringContaining('NGHTTP2_REFUSED_STREAM') as string,
      });
    }
    expect(await slow).toMatchObject({ status: 200, body: ROW, complete: true });
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order).not.toContain('echoed');
  });

  it('is told to go within the first 60 % of the grace period, in which new ones are served', async () => {
    const gracePeriodMs = 3000;
    const app = await start({ ...config, options: { gracePeriodMs } });
    const sessions = await Promise.all(Array.from({ length: 10 }, () => open(app.port, tls)));
    const slow = sessions.map((session) => session.request('/slow/one?ms=3300'));
    await app.event('handler', sessions.length);
    app.signal('SIGTERM');
    const begin = (await app.event('grace')).at;
    const late = await open(app.port, tls);
    expect(await late.request('/hello')).toMatchObject({ status: 200, complete: true });

    const outcomes = await Promise.all(slow);
    const exit = await app.exited;

    expect(outcomes.filter(({ complete, body }) => complete && body === ROW)).toHaveLength(10);
    const toldAfter = [...sessions, late]
      .map(({ goaways: [first] }) => first!.at - begin)
      .toSorted((a, b) => a - b);
    expect(toldAfter.at(-1)).toBeLessThan(gracePeriodMs * 0.6 + LATE_MS);
    expect(toldAfter[8]! - toldAfter[1]!).toBeGreaterThan(gracePeriodMs * 0.6 * 0.4);
    expect(exit).toMatchObject({ code: 0, signal: null });
  });

  it('ends at once by app.close(), which answers requests in flight and does not hang', async () => {
    const app = await start(config);
    const [busy, idle] = [await open(app.port, tls), await open(app.port, tls)];
    await idle.request('/hello');
    const slow = busy.request('/slow/one?ms=400');
    await app.event('handler');
    app.close();
    expect(await slow).toMatchObject({ status: 200, body: ROW, complete: true });
    await app.event('close-resolved');
    await Promise.all([busy.closed, idle.closed]);
  });
});

describe('a server that speaks both versions', () => {
  const config: FixtureConfig = { program: 'streams', http2: true, https: true };

  it('drains HTTP/1.1 as an HTTP/1.1 server does', async () => {
    const app = await start(config);
    const agents = [keepAliveAgent(true), keepAliveAgent(true)] as const;
    await request(app.port, '/hello', { tls: true, agent: agents[1] });
    const [slow, over2] = [
      request(app.port, '/slow/one?ms=500', { tls: true, agent: agents[0] }),
      (await open(app.port, true)).request('/slow/two?ms=700'),
    ];
    await app.event('handler', 2);
    const sentAt = app.signal('SIGTERM');
    await app.event('draining');
    const kept = request(app.port, '/slow/three?ms=50', { tls: true, agent: agents[1] });

    expect(await slow).toMatchObject({ status: 200, connection: 'close', body: ROW });
    expect(await kept).toMatchObject({ status: 200, connection: 'close' });
    expect(await over2).toMatchObject({ status: 200, complete: true });
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(700 + SOON_MS);
    agents.forEach((agent) => agent.destroy());
  });

  it('counts a request by its connection, not by the version in its request line', async () => {
    const app = await start(config);
    const client = connectTls({ port: app.port, host: '127.0.0.1', rejectUnauthorized: false });
    client.on('error', () => {});
    const received = text(client);
    client.write('GET /slow/one?ms=500 HTTP/2.0\r\nHost: test\r\n\r\n');
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await received).toMatch(/^HTTP\/1\.1 200 .*{"row":"row"}/s);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });

  it('cuts HTTP/1.1 at the deadline', async () => {
    const app = await start({ ...config, options: { drainTimeoutMs: 600 } });
    const hanging = attempt(app.port, '/hang', { tls: true });
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await hanging).toEqual({ error: 'ECONNRESET' });
    expect((await app.exited).code).toBe(1);
  });

  it('is not held by an unfinished TLS handshake, nor by a connection without a request', async () => {
    const app = await start(config);
    const half = await RawConnection.open(app.port);
    half.write('\u0016\u0003\u0001');
    const quiet = connectTls({ port: app.port, host: '127.0.0.1', rejectUnauthorized: false });
    quiet.on('error', () => {});
    await new Promise((resolve) => quiet.once('secureConnect', resolve));
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    quiet.destroy();
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  });
});

it('half an HTTP/2 header does not hold the exit', async () => {
  const app = await start({ program: 'streams', http2: true });
  const client = await RawConnection.open(app.port);
  client.socket.write(HALF_A_HEADER);
  await client.until('\u0004');
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  client.end();
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
});

it('an HTTP/2 session that its client has broken does not hold the exit', async () => {
  const app = await start({ program: 'streams', http2: true });
  const client = await RawConnection.open(app.port);
  const path = Buffer.from('/slow/row?ms=500');
  const slow = Buffer.concat([
    Buffer.from([0x82, 0x86, 0x04, path.length]),
    path,
    Buffer.from([0x41, 0x01, 0x61]),
  ]);
  client.socket.write(Buffer.concat([OPENING, frame(FRAME.headers, 5, 1, slow)]));
  await app.event('handler');
  client.socket.write(frame(FRAME.ping, 0, 0, Buffer.alloc(3)));
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  client.end();
  expect(exit.signal).toBeNull();
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
});
