import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { BEFORE_DEADLINE_MS, LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

afterEach(endAll);

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`;
const LINGER_MS = 1000;

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  describe.each([
    ['http', false],
    ['https', true],
  ])('over %s', (_, tls) => {
    const config: FixtureConfig = { adapter, https: tls };

    it.each([
      ['in a guard', '/guarded?guardMs=500', 'guard'],
      ['in its handler', '/slow?ms=500', 'handler'],
      ['whose file is being streamed', '/file?ms=25', 'handler'],
      ['that its handler writes by hand', '/raw?ms=25', 'handler'],
    ])('a request %s is answered whole', async (_where, path, reached) => {
      const app = await start(config);
      const agent = keepAliveAgent(tls);
      const answered = request(app.port, path, { tls, agent });
      await app.event(reached);
      app.signal('SIGTERM');

      const answer = await answered;

      expect(answer.status).toBe(200);
      expect(answer.body.length).toBe(path.includes('ms=25') ? 20_000 : '{"row":"row"}'.length);
      expect(await app.exited).toMatchObject({ code: 0, signal: null });
      agent.destroy();
    });

    it('every response in the drain says Connection: close, and no keep-alive timeout is awaited', async () => {
      const app = await start(config);
      const agents = [keepAliveAgent(tls), keepAliveAgent(tls), keepAliveAgent(tls)];
      const slow = agents.map((agent) => request(app.port, '/slow?ms=400', { tls, agent }));
      await app.event('handler', agents.length);
      app.signal('SIGTERM');

      const answers = await Promise.all(slow);
      const exit = await app.exited;

      expect(answers.map(({ connection }) => connection)).toEqual(['close', 'close', 'close']);
      expect(exit.code).toBe(0);
      expect(exit.at - Math.max(...answers.map(({ at }) => at))).toBeLessThan(SOON_MS);
      agents.forEach((agent) => agent.destroy());
    });

    it('a connection that never sent a byte does not hold the exit', async () => {
      const app = await start(config);
      const silent = await RawConnection.open(app.port);
      const sentAt = app.signal('SIGTERM');
      const exit = await app.exited;
      await silent.closed;
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    });

    it('a request that never ends is cut at the deadline, visibly, and named', async () => {
      const app = await start({ ...config, options: { drainTimeoutMs: 1000 } });
      const hanging = attempt(app.port, '/hang?token=secret', { tls });
      const streaming = attempt(app.port, '/raw?ms=200', { tls });
      await app.event('handler', 2);
      const sentAt = app.signal('SIGTERM');

      const outcomes = await Promise.all([hanging, streaming]);
      const exit = await app.exited;

      expect(outcomes).toEqual([{ error: 'ECONNRESET' }, { error: 'ECONNRESET' }]);
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - sentAt).toBeGreaterThanOrEqual(900);
      expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
      expect(app.order).toContain('forcing');
      expect(app.log).toMatch(/Cut: .*GET PlainController\.hang/);
      expect(app.log).toMatch(/Cut: .*GET PlainController\.raw/);
      expect(app.log).not.toContain('secret');
    });
  });

  it('a response that wants its connection kept says Connection: close while draining', async () => {
    const app = await start({ adapter });
    const agent = keepAliveAgent();
    const answered = request(app.port, '/stubborn?ms=300', { agent });
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await answered).toMatchObject({ status: 200, connection: 'close' });
    expect((await app.exited).code).toBe(0);
    agent.destroy();
  });

  it('a request whose line says HTTP/2.0 is awaited like any other', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    client.write('GET /slow?ms=700 HTTP/2.0\r\nHost: test\r\nConnection: keep-alive\r\n\r\n');
    await app.event('handler');
    expect(await request(app.port, '/in-flight')).toMatchObject({ body: '{"inFlight":2}' });
    app.signal('SIGTERM');
    await client.closed;
    expect(client.received).toMatch(/^HTTP\/1\.1 200 .*{"row":"row"}/s);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });

  it('a body that is still being uploaded is read whole and answered', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    const body = JSON.stringify({ text: 'x'.repeat(5000) });
    client.write(
      `POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    client.write(body.slice(0, 100));
    await request(app.port, '/hello');
    app.signal('SIGTERM');
    await app.event('draining');
    for (let sent = 100; sent < body.length; sent += 1000) {
      client.write(body.slice(sent, sent + 1000));
    }
    await client.until('{"length":5000}');
    expect(client.received).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
    expect((await app.exited).code).toBe(0);
  });

  it('pipelined requests are all answered, and only the last answer says Connection: close', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    client.write(get('/slow?ms=300') + get('/slow?ms=100') + get('/slow?ms=200'));
    await app.event('handler', 3);
    app.signal('SIGTERM');
    await client.closed;
    const answers = client.received.split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => answer.includes('{"row":"row"}'))).toEqual([true, true, true]);
    expect(answers.map((answer) => /connection: close/i.test(answer))).toEqual([
      false,
      false,
      true,
    ]);
    expect((await app.exited).code).toBe(0);
  });

  it('pipelined requests that come while draining are all answered', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    client.write(get('/slow?ms=500'));
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');
    client.write(get('/hello') + get('/slow?ms=10'));
    await client.closed;
    expect(client.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(client.received.match(/connection: close/gi)).toHaveLength(1);
  });

  it('a client that never stops pipelining is told to go, and whatever reached a handler is answered', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    client.write(get('/slow?ms=400'));
    const pipelining = setInterval(() => client.write(get('/slow?ms=400')), 50);
    await app.event('handler', 4);
    const sentAt = app.signal('SIGTERM');
    await client.closed;
    const exit = await app.exited;
    clearInterval(pipelining);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    const answers = client.received.split(/(?=HTTP\/1\.1 )/);
    const said = answers.map((answer) => /^HTTP\/1\.1 200 .*connection: close/is.test(answer));
    expect(said.lastIndexOf(true)).toBe(answers.length - 1);
    expect(said.indexOf(true)).toBe(answers.length - 1);
    expect(client.received.match(/{"row":"row"}/g)).toHaveLength(answers.length);
    expect(app.order.filter((name) => name === 'handler')).toHaveLength(answers.length);
  });

  it('half a header does not hold the exit, and a whole one is served', async () => {
    const app = await start({ adapter });
    const stalled = await RawConnection.open(app.port);
    const slow = await RawConnection.open(app.port);
    stalled.write('GET /hello HTTP/1.1\r\nHos');
    slow.write('GET /hello HTTP/1.1\r\nHos');
    await request(app.port, '/hello');
    const sentAt = app.signal('SIGTERM');
    await refused(app.port);
    slow.write('t: test\r\n\r\n');
    await slow.closed;
    await stalled.closed;
    const exit = await app.exited;
    expect(slow.received).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
    expect(stalled.received).toBe('');
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  });

  it('a header that comes byte by byte does not hold the exit', async () => {
    const app = await start({ adapter });
    const dribbling = await RawConnection.open(app.port);
    dribbling.write('GET /hello HTTP/1.1\r\nX: ');
    const dribble = setInterval(() => dribbling.write('x'), 50);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    clearInterval(dribble);
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeGreaterThan(900);
    expect(exit.at - sentAt).toBeLessThan(1200 + SOON_MS);
  });

  it('an upgraded connection that keeps talking does not hold the drain', async () => {
    const app = await start({ adapter, quirks: ['upgrades'] });
    const upgraded = await RawConnection.open(app.port);
    upgraded.write(
      'GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
    );
    await upgraded.until('101 Switching Protocols');
    const talk = setInterval(() => upgraded.write('hello'), 50);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    clearInterval(talk);
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    expect(exit.code).toBe(0);
  });

  it('an idle connection is left open for idleLingerMs, and its next request is served with Connection: close', async () => {
    const app = await start({ adapter, options: { idleLingerMs: LINGER_MS } });
    const client = await RawConnection.open(app.port);
    client.write(get('/hello'));
    await client.until('world');
    const sentAt = app.signal('SIGTERM');
    await app.event('draining');
    client.write(get('/slow?ms=10'));
    await client.until('row');
    await client.closed;
    const exit = await app.exited;
    expect(client.received).toMatch(/connection: close/i);
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  });

  it('an idle connection that stays idle is closed after idleLingerMs', async () => {
    const app = await start({ adapter, options: { idleLingerMs: LINGER_MS } });
    const client = await RawConnection.open(app.port);
    client.write(get('/hello'));
    await client.until('world');
    const answeredAt = Date.now();
    app.signal('SIGTERM');
    await client.closed;
    const exit = await app.exited;
    expect(exit.at - answeredAt).toBeGreaterThanOrEqual(LINGER_MS - 50);
    expect(exit.at - answeredAt).toBeLessThan(LINGER_MS + SOON_MS);
    expect(exit.code).toBe(0);
  });

  it('an idle connection is closed before the drain runs out of time, however long idleLingerMs is', async () => {
    const app = await start({ adapter, options: { drainTimeoutMs: 1000, idleLingerMs: 20_000 } });
    const client = await RawConnection.open(app.port);
    client.write(get('/hello'));
    await client.until('world');
    app.signal('SIGTERM');
    await client.closed;
    expect((await app.exited).code).toBe(0);
    expect(app.log).not.toContain('forc');
  });

  it('a client that aborts is counted once', async () => {
    const app = await start({ adapter });
    const clients = await Promise.all([1, 2, 3].map(() => RawConnection.open(app.port)));
    clients.forEach((client) => client.write(get('/hang')));
    await app.event('handler', 3);
    clients.forEach((client) => client.end());
    let inFlight = Infinity;
    for (let tries = 0; tries < 100 && inFlight !== 1; tries++) {
      ({ inFlight } = JSON.parse((await request(app.port, '/in-flight')).body));
    }
    expect(inFlight).toBe(1);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  });

  it('a response that a slow reader has not taken yet is delivered whole', async () => {
    const app = await start({ adapter });
    const client = await RawConnection.open(app.port);
    client.socket.pause();
    client.write(get('/big'));
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');
    client.socket.resume();
    await client.closed;
    const [, body = ''] = client.received.split('\r\n\r\n');
    const sent = client.received.includes('ransfer-') ? unchunk(client.received) : body.length;
    expect(sent).toBe(16 * 1024 * 1024);
    expect((await app.exited).code).toBe(0);
  });

  it('connections that wait to be accepted when the drain begins are served', async () => {
    const app = await start({ adapter });
    const spinning = request(app.port, '/spin?ms=700');
    await app.event('handler');
    // Their connections are established by the kernel while the event loop is blocked.
    const waiting = Array.from({ length: 100 }, () => attempt(app.port, '/echo', { body: '{}' }));
    app.signal('SIGTERM');
    const outcomes = await Promise.all([spinning, ...waiting]);
    expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([]);
    expect((await app.exited).code).toBe(0);
  });

  it('new connections are served in the grace period and refused while draining', async () => {
    const app = await start({ adapter, options: { gracePeriodMs: 600 } });
    const slow = request(app.port, '/slow?ms=1200');
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('grace');
    expect(await request(app.port, '/hello')).toMatchObject({ status: 200 });
    await app.event('draining');
    await refused(app.port);
    expect(await slow).toMatchObject({ status: 200 });
    expect((await app.exited).code).toBe(0);
  });

  it('in the grace period every kept-alive connection is told to go within the first 60 %', async () => {
    const gracePeriodMs = 3000;
    const app = await start({ adapter, options: { gracePeriodMs } });
    let warm = 0;
    const clients = Array.from({ length: 20 }, async () => {
      const agent = keepAliveAgent();
      await request(app.port, '/hello', { agent });
      warm += 1;
      await app.event('grace');
      const begin = Date.now();
      for (;;) {
        const { connection, at } = await request(app.port, '/slow?ms=20', { agent });
        if (connection === 'close') return at - begin;
      }
    });
    await app.until('warm clients', () => warm === 20);
    app.signal('SIGTERM');
    const toldAfter = (await Promise.all(clients)).toSorted((a, b) => a - b);
    expect(toldAfter.at(-1)).toBeLessThan(gracePeriodMs * 0.6 + LATE_MS);
    // Spread, not all at once: the first quarter and the last are apart.
    expect(toldAfter[14]! - toldAfter[4]!).toBeGreaterThan(gracePeriodMs * 0.6 * 0.25);
    expect((await app.exited).code).toBe(0);
  });

  it('work that can stop at the deadline is answered whole', async () => {
    const app = await start({ adapter, options: { drainTimeoutMs: 1000 } });
    const cooperative = request(app.port, '/cooperative');
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await cooperative).toMatchObject({ status: 200, body: '{"aborted":true}' });
    expect((await app.exited).code).toBe(1);
    expect(app.log).not.toContain('Cut:');
  });

  it('20 clients that hammer kept-alive connections without a balancer see no reset', async () => {
    const app = await start({ adapter });
    const stop = new AbortController();
    const failures: string[] = [];
    let answered = 0;
    const clients = Array.from({ length: 20 }, async () => {
      const agent = keepAliveAgent();
      while (!stop.signal.aborted) {
        const outcome = await attempt(app.port, '/echo?ms=5', { agent, body: '{"text":"abc"}' });
        if ('status' in outcome && outcome.status === 200) answered += 1;
        else if ('error' in outcome && outcome.error === 'ECONNREFUSED') break;
        else failures.push('error' in outcome ? outcome.error : String(outcome.status));
      }
      agent.destroy();
    });
    await app.until('traffic', () => answered > 200);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    stop.abort();
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
  });
});

it('both servers that Fastify starts on localhost are drained', async () => {
  const app = await start({ adapter: 'fastify', host: 'localhost', quirks: ['two-loopbacks'] });
  const hosts = ['127.0.0.1', '::1'];
  const slow = hosts.map((host) => attempt(app.port, '/slow?ms=500', { host }));
  const silent = await Promise.all(hosts.map((host) => RawConnection.open(app.port, host)));
  await app.event('handler', 2);
  const sentAt = app.signal('SIGTERM');
  const answers = await Promise.all(slow);
  const exit = await app.exited;
  await Promise.all(silent.map(({ closed }) => closed));
  expect(answers).toMatchObject([
    { status: 200, connection: 'close' },
    { status: 200, connection: 'close' },
  ]);
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(500 + SOON_MS);
});

/** Resolves when nothing listens on the port any more. */
async function refused(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const outcome = await attempt(port, '/hello', { agent: false });
    if ('error' in outcome && outcome.error === 'ECONNREFUSED') return;
  }
  throw new Error(`port ${port} still accepts connections`);
}

/** The length of a chunked body. */
function unchunk(received: string): number {
  let at = received.indexOf('\r\n\r\n') + 4;
  let length = 0;
  for (;;) {
    const end = received.indexOf('\r\n', at);
    const size = Number.parseInt(received.slice(at, end), 16);
    if (!size) return length;
    length += size;
    at = end + 2 + size + 2;
  }
}
