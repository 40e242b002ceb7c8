import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { io, type Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import type { FixtureConfig } from '../fixtures/config.js';
import { BEFORE_DEADLINE_MS } from '../support/bounds.js';
import { keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { freePort } from '../support/server-process.js';
import { upgradeRequest, WebSocketClient } from '../support/web-socket-client.js';

/** The default of `idleLingerMs`. */
const LINGER_MS = 1000;
const clean = { code: 0, signal: null };
const ioClients: Socket[] = [];

afterEach(async () => {
  for (const client of ioClients.splice(0)) client.disconnect();
  await endAll();
});

function serve(config: FixtureConfig, env: NodeJS.ProcessEnv = {}): Promise<RunningApplication> {
  return start({ program: 'websockets', ...config }, env);
}

function serveIo(config: FixtureConfig, env: NodeJS.ProcessEnv = {}): Promise<RunningApplication> {
  return serve(config, { FIXTURE_LIBRARY: 'socket.io', ...env });
}

async function connectIo(port: number, transport: 'websocket' | 'polling'): Promise<Socket> {
  const client = io(`http://127.0.0.1:${port}`, {
    transports: [transport],
    reconnectionDelay: 100,
    reconnectionDelayMax: 200,
    forceNew: true,
  });
  ioClients.push(client);
  await new Promise<void>((resolve) => void client.once('connect', resolve));
  return client;
}

/** Why socket.io's client lost its connection, and whether it connects again by itself. */
function lossOf(client: Socket): Promise<{ reason: string; active: boolean }> {
  return new Promise((resolve) => {
    client.once('disconnect', (reason) => resolve({ reason, active: client.active }));
  });
}

function expectDatabaseClosedLast(app: RunningApplication): void {
  expect(app.order.lastIndexOf('handler')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
}

describe.each(['express', 'fastify'] as const)('websockets on %s', (adapter) => {
  it('with ws get the reply of a running handler, then code 1012', async () => {
    const app = await serve({ adapter });
    const [busy, idle] = [
      await WebSocketClient.open(app.port),
      await WebSocketClient.open(app.port),
    ];
    busy.send('slow', 500);
    await app.event('handler');
    app.signal('SIGTERM');

    expect((await idle.closed).code).toBe(1012);
    expect((await busy.closed).code).toBe(1012);
    expect(busy.messages).toEqual([{ event: 'reply', data: 'row' }]);
    expect((await idle.closed).at).toBeLessThan((await busy.closed).at - 200);
    expect(await app.exited).toMatchObject(clean);
    expectDatabaseClosedLast(app);
    expect(app.log).toContain('2 websockets closed');
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it.each([
    ['websocket', 0],
    // Its next poll needs the listener that a drain without a grace period has closed.
    ['polling', 1000],
  ] as const)(
    'with socket.io by %s get the reply, lose their transport, and reconnect',
    async (transport, gracePeriodMs) => {
      const app = await serveIo({ adapter, options: { gracePeriodMs } });
      const client = await connectIo(app.port, transport);
      const lost = lossOf(client);
      const reply = new Promise((resolve) => client.once('reply', resolve));
      client.emit('slow', 500);
      await app.event('handler');
      app.signal('SIGTERM');

      expect(await reply).toBe('row');
      expect(await lost).toEqual({ reason: 'transport close', active: true });
      expect(await app.exited).toMatchObject(clean);
      expectDatabaseClosedLast(app);
      expect(app.log).not.toMatch(/WARN|ERROR/);
    },
  );

  it('outside any gateway are closed with 1012', async () => {
    const app = await serve({ adapter }, { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: 'plain-ws' });
    const client = await WebSocketClient.open(app.port, '/other');
    app.signal('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    expect(client.messages).toEqual(['welcome']);
    expect(await app.exited).toMatchObject(clean);
  });
});

describe('a websocket handler that never ends', () => {
  it('is named in the log with its ws client, which gets 1012 at the deadline', async () => {
    const app = await serve({ options: { drainTimeoutMs: 500 } });
    const client = await WebSocketClient.open(app.port, '/chat?token=secret');
    client.send('hang');
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeGreaterThanOrEqual(450);
    expect(exit.at - sentAt).toBeLessThan(500 + BEFORE_DEADLINE_MS);
    expect(app.log).toMatch(/Cut: .*ws ChatGateway\.hang/);
    expect(app.log).toMatch(/Cut: .*websocket \/chat \d/);
    expect(app.log).not.toContain('secret');
  });

  it('costs its socket.io client the transport at the deadline', async () => {
    const app = await serveIo({ options: { drainTimeoutMs: 500 } });
    const client = await connectIo(app.port, 'websocket');
    const lost = lossOf(client);
    client.emit('hang');
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await lost).toEqual({ reason: 'transport close', active: true });
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.log).toMatch(/Cut: .*socket\.io \/socket\.io\//);
  });
});

it('a websocket client that does not answer the close is ended at the deadline and named without its address', async () => {
  const app = await serve({ options: { drainTimeoutMs: 500 } });
  const client = await RawConnection.open(app.port);
  client.write(upgradeRequest('/chat?token=secret'));
  await client.until('101 Switching Protocols');
  const sentAt = app.signal('SIGTERM');
  await client.until('\x88\x02\x03\xf4');
  await client.closed;
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 1, signal: null });
  expect(exit.at - sentAt).toBeGreaterThanOrEqual(450);
  expect(exit.at - sentAt).toBeLessThan(500 + BEFORE_DEADLINE_MS);
  expect(app.log).toMatch(/Cut: websocket \/chat \d/);
  expect(app.log).not.toMatch(/secret|Cut:.*127\.0\.0\.1/);
});

describe('a polling client of socket.io does not hold the exit', () => {
  it('when it cannot connect for its next poll', async () => {
    const app = await serveIo({});
    const client = await connectIo(app.port, 'polling');
    // As long as there is one connection, engine.io does not end the session by itself.
    const other = await connectIo(app.port, 'websocket');
    const lost = lossOf(client);
    const reply = new Promise((resolve) => client.once('reply', resolve));
    other.emit('slow', 600);
    client.emit('slow', 300);
    await app.event('handler', 2);
    const sentAt = app.signal('SIGTERM');
    expect(await reply).toBe('row');
    expect(await lost).toEqual({ reason: 'transport error', active: true });
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(300 + LINGER_MS + BEFORE_DEADLINE_MS);
    expectDatabaseClosedLast(app);
  });

  it('when it has opened a session and never polled', async () => {
    const app = await serveIo({});
    const { body } = await request(app.port, '/socket.io/?EIO=4&transport=polling');
    expect(body).toContain('"sid"');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(LINGER_MS + BEFORE_DEADLINE_MS);
  });
});

describe('a websocket client that would hold the exit is told and closed soon', () => {
  it('if it keeps sending (ws)', async () => {
    const app = await serve({});
    const client = await WebSocketClient.open(app.port);
    const sending = setInterval(() => client.send('slow', 200), 20);
    await app.event('handler', 5);
    const sentAt = app.signal('SIGTERM');
    const { code } = await client.closed;
    clearInterval(sending);
    const exit = await app.exited;

    expect(code).toBe(1012);
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    // Each message that was begun has its answer.
    expect(client.messages).toHaveLength(app.order.filter((name) => name === 'handler').length);
    expectDatabaseClosedLast(app);
  });

  it('if it does not answer the close and keeps sending (ws)', async () => {
    const app = await serve({});
    const client = await RawConnection.open(app.port);
    client.write(upgradeRequest('/chat'));
    await client.until('101 Switching');
    const text = JSON.stringify({ event: 'slow', data: 200 });
    const frame = Buffer.concat([
      Buffer.from([0x81, 0x80 + text.length, 0, 0, 0, 0]),
      Buffer.from(text),
    ]);
    const sending = setInterval(() => client.socket.write(frame), 20);
    await app.event('handler', 5);
    const sentAt = app.signal('SIGTERM');
    await client.closed;
    clearInterval(sending);
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });

  it('if it does not read (ws)', async () => {
    const app = await serve({});
    const client = await WebSocketClient.open(app.port);
    client.send('large');
    client.socket.pause();
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    client.socket.terminate();
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });

  it('if it keeps sending (socket.io)', async () => {
    const app = await serveIo({});
    const client = await connectIo(app.port, 'websocket');
    let replies = 0;
    client.on('reply', () => (replies += 1));
    const lost = lossOf(client);
    const sending = setInterval(() => client.connected && client.emit('slow', 200), 20);
    await app.event('handler', 5);
    const sentAt = app.signal('SIGTERM');
    const loss = await lost;
    clearInterval(sending);
    client.disconnect();
    const exit = await app.exited;

    expect(loss.reason).toBe('transport close');
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    expect(replies).toBe(app.order.filter((name) => name === 'handler').length);
    expectDatabaseClosedLast(app);
  });

  it('if it keeps waiting for acknowledgements (socket.io)', async () => {
    const app = await serveIo({});
    const client = await connectIo(app.port, 'websocket');
    let acks = 0;
    const lost = lossOf(client);
    const sending = setInterval(
      () => client.connected && client.emit('acknowledged', 200, () => (acks += 1)),
      50,
    );
    await app.event('handler', 5);
    const sentAt = app.signal('SIGTERM');
    await lost;
    clearInterval(sending);
    client.disconnect();
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    expect(acks).toBe(app.order.filter((name) => name === 'handler').length);
  });

  it('if it does not read (socket.io)', async () => {
    const app = await serveIo({});
    const client = await connectIo(app.port, 'websocket');
    const { ws } = client.io.engine.transport as unknown as { ws: { pause(): void } };
    client.emit('large');
    await app.event('handler');
    ws.pause();
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });
});

it('an answer that a socket.io handler waits for is read', async () => {
  const app = await serveIo({});
  const client = await connectIo(app.port, 'websocket');
  client.on('question', (answer: (text: string) => void) => {
    setTimeout(() => answer('yes'), 1500);
  });
  const reply = new Promise((resolve) => client.once('reply', resolve));
  client.emit('ask');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await reply).toBe('yes row');
  expect(await app.exited).toMatchObject(clean);
});

it('a websocket upgrade is refused with 503 while draining', async () => {
  const app = await serve({});
  const busy = await WebSocketClient.open(app.port);
  const late = await RawConnection.open(app.port);
  late.write('GET /hello HTTP/1.1\r\nHost: test\r\n\r\n');
  await late.until('world');
  busy.send('slow', 500);
  await app.event('handler');
  app.signal('SIGTERM');
  await app.event('draining');
  late.write(upgradeRequest('/chat'));
  await late.closed;
  expect(late.received).toContain('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n');
  expect((await busy.closed).code).toBe(1012);
  expect(await app.exited).toMatchObject(clean);
});

it('an unanswered websocket upgrade gets 503, and does not hold the exit', async () => {
  const app = await serve({}, { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: 'unmanaged' });
  const client = await RawConnection.open(app.port);
  client.write(upgradeRequest('/nowhere'));
  await request(app.port, '/hello');
  const sentAt = app.signal('SIGTERM');
  await client.closed;
  const exit = await app.exited;
  expect(client.received).toContain('503 Service Unavailable');
  expect(exit).toMatchObject(clean);
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
});

it('an upgrade to another protocol does not hold the exit', async () => {
  const app = await serve({}, { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: 'unmanaged' });
  const client = await RawConnection.open(app.port);
  client.write(upgradeRequest('/nowhere', 'echo'));
  await request(app.port, '/hello');
  const sentAt = app.signal('SIGTERM');
  await client.closed;
  const exit = await app.exited;
  expect(exit).toMatchObject(clean);
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
});

it('a websocket of an unknown library is ended in a pause, and not written into', async () => {
  const app = await serve({}, { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: 'other-library' });
  const client = await WebSocketClient.open(app.port, '/');
  const sentAt = app.signal('SIGTERM');
  // As of a connection that ends without a close frame.
  expect((await client.closed).code).toBe(1006);
  const exit = await app.exited;
  expect(exit).toMatchObject(clean);
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
});

describe('a websocket that the application passes on to another server', () => {
  /** Of one message, in many pieces: a frame in between would be taken for its data. */
  const SIZE = 3_000_000;

  it.each([
    ['with pipe()', 'proxy'],
    ['by write()', 'proxy,by-hand'],
  ])('%s is not written into, and ends in a pause', async (_, features) => {
    const upstream = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    upstream.on('connection', (client) => client.send(Buffer.alloc(SIZE, 'x')));
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const env = { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: features, UPSTREAM: String(port) };
    const app = await serve({}, env);
    const client = await WebSocketClient.open(app.port, '/proxied');
    await app.event('half');
    app.signal('SIGTERM');
    await app.event('draining');
    // Half of the message has passed; the proxy goes on with it after the signal.
    app.send('go on');
    await client.closed;
    // Whole, or not at all on a machine that is busy for longer than a pause.
    const whole = 'x'.repeat(SIZE);
    expect(client.messages.filter((message) => message !== whole)).toEqual([]);
    expect(await app.exited).toMatchObject(clean);
    upstream.close();
  });

  it('holds the exit for a bounded time if it never pauses', async () => {
    const upstream = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    upstream.on('connection', (client) => setInterval(() => client.send('tick'), 20).unref());
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const env = { FIXTURE_LIBRARY: 'none', FIXTURE_FEATURES: 'proxy', UPSTREAM: String(port) };
    const app = await serve({}, env);
    const client = await WebSocketClient.open(app.port, '/proxied');
    const sentAt = app.signal('SIGTERM');
    await client.closed;
    expect(new Set(client.messages)).toEqual(new Set(['tick']));
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    upstream.close();
  });
});

it('a websocket message that waits in a guard is handled and answered', async () => {
  const app = await serve({});
  const client = await WebSocketClient.open(app.port);
  client.send('guarded', 300);
  await app.event('guard');
  app.signal('SIGTERM');
  expect((await client.closed).code).toBe(1012);
  expect(client.messages).toEqual([{ event: 'reply', data: 'row' }]);
  expect(await app.exited).toMatchObject(clean);
});

it('websocketCloseCode is the code that clients see', async () => {
  const app = await serve({ options: { websocketCloseCode: 4321 } });
  const client = await WebSocketClient.open(app.port);
  app.signal('SIGTERM');
  expect((await client.closed).code).toBe(4321);
  expect(await app.exited).toMatchObject(clean);
});

it('in the grace period each websocket is closed at its own moment, and new ones are accepted', async () => {
  const graceMs = 1500;
  const app = await serve({ options: { gracePeriodMs: graceMs } });
  const clients = await Promise.all(
    Array.from({ length: 30 }, () => WebSocketClient.open(app.port)),
  );
  const sentAt = app.signal('SIGTERM');
  await app.event('grace');
  const late = await WebSocketClient.open(app.port);
  late.send('slow', 0);

  const closed = await Promise.all([...clients, late].map((client) => client.closed));

  expect(closed.map(({ code }) => code)).toEqual(closed.map(() => 1012));
  const after = closed.map(({ at }) => at - sentAt).toSorted((a, b) => a - b);
  expect(after.at(-1)).toBeLessThan(graceMs);
  // Uniform over 60 % of the grace period.
  expect(after[15]! - after[0]!).toBeGreaterThan(200);
  expect(after.at(-1)! - after[15]!).toBeGreaterThan(200);
  expect(late.messages).toEqual([{ event: 'reply', data: 'row' }]);
  expect(await app.exited).toMatchObject(clean);
});

it('without a signal all websockets are closed at once, and nothing is left behind', async () => {
  const app = await serve({ options: { gracePeriodMs: 5000 } });
  const clients = await Promise.all(
    Array.from({ length: 300 }, () => WebSocketClient.open(app.port)),
  );
  const at = Date.now();
  app.close();
  const closed = await Promise.all(clients.map((client) => client.closed));
  expect(closed.map(({ code }) => code)).toEqual(closed.map(() => 1012));
  await app.event('close-resolved');
  expect(Date.now() - at).toBeLessThan(BEFORE_DEADLINE_MS);
});

it('what was emitted by socket.io is delivered, and the client reconnects to the next instance', async () => {
  const app = await serveIo({});
  const client = await connectIo(app.port, 'websocket');
  let received = 0;
  client.on('burst', () => (received += 1));
  const lost = lossOf(client);
  client.emit('burst', 2000);
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await lost).toEqual({ reason: 'transport close', active: true });
  expect(received).toBe(2000);
  expect(await app.exited).toMatchObject(clean);

  const reconnected = new Promise<void>((resolve) => void client.once('connect', resolve));
  const next = await serveIo({}, { FIXTURE_HTTP_PORT: String(app.port) });
  await reconnected;
  const reply = new Promise((resolve) => client.once('reply', resolve));
  client.emit('slow', 0);
  expect(await reply).toBe('row');
  client.disconnect();
  next.signal('SIGTERM');
  expect(await next.exited).toMatchObject(clean);
});

describe('a gateway with its own port', () => {
  it.each([
    ['with a path', ''],
    ['without a path', 'no-path'],
  ])('drains ws %s', async (_, features) => {
    const port = await freePort();
    const env = { FIXTURE_PORT: String(port), FIXTURE_FEATURES: features };
    const app = await serve({}, env);
    const path = features === '' ? '/chat' : '/';
    const client = await WebSocketClient.open(port, path);
    const silent = await RawConnection.open(port);
    client.send('slow', 500);
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');
    silent.write(upgradeRequest(path));
    await silent.closed;
    await refuses(port);

    const { code, at } = await client.closed;
    expect(code).toBe(1012);
    expect(client.messages).toEqual([{ event: 'reply', data: 'row' }]);
    expect(silent.received).toContain('503 Service Unavailable');
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - at).toBeLessThan(BEFORE_DEADLINE_MS);
  });

  it('drains socket.io, beside a client that keeps its connection alive', async () => {
    const port = await freePort();
    const app = await serveIo({ options: { idleLingerMs: 300 } }, { FIXTURE_PORT: String(port) });
    const client = await connectIo(port, 'polling');
    const agent = keepAliveAgent();
    await request(port, '/nothing', { agent }).catch(() => {});
    const other = await connectIo(port, 'websocket');
    const reply = new Promise((resolve) => other.once('reply', resolve));
    const lost = [lossOf(client), lossOf(other)];
    other.emit('slow', 300);
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    expect(await reply).toBe('row');
    for (const loss of lost)
      expect(await loss).toEqual({ reason: 'transport close', active: true });
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(300 + 2 * BEFORE_DEADLINE_MS);
    agent.destroy();
  });
});

describe('many websockets', () => {
  // 10,000 are as well, but take their time.
  const count = Number(process.env['DRAIN_TEST_CONNECTIONS'] ?? 2000);
  const drainTimeoutMs = Math.max(4000, count * 2);
  const ratePerSecond = Math.max(200, count / (drainTimeoutMs / 2000));

  it(
    `(${count}) get 1012, at no more than ${ratePerSecond} a second`,
    async () => {
      const app = await serve({ options: { drainTimeoutMs } });
      const clients: WebSocketClient[] = [];
      while (clients.length < count) {
        const batch = Array.from({ length: 100 }, () => WebSocketClient.open(app.port));
        clients.push(...(await Promise.all(batch)));
      }
      app.signal('SIGTERM');

      const closed = await Promise.all(clients.map((client) => client.closed));

      expect(closed.filter(({ code }) => code !== 1012)).toEqual([]);
      expect(busiestSecond(closed.map(({ at }) => at))).toBeLessThanOrEqual(ratePerSecond * 1.2);
      expect(await app.exited).toMatchObject(clean);
      expect(app.log).toContain(`${count} websockets closed`);
    },
    20_000 + drainTimeoutMs * 3,
  );
});

/** Resolves when nobody listens on the port any more. */
async function refuses(port: number): Promise<void> {
  const end = Date.now() + BEFORE_DEADLINE_MS;
  const knock = () =>
    RawConnection.open(port).then(
      (connection) => connection.end(),
      (error: NodeJS.ErrnoException) => error.code,
    );
  while ((await knock()) !== 'ECONNREFUSED') {
    if (Date.now() > end) throw new Error(`port ${port} is still listened on`);
  }
}

/** The most of these moments that lie within one second. */
function busiestSecond(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((at, i) => {
    while (at - sorted[first]! >= 1000) first += 1;
    most = Math.max(most, i - first + 1);
  });
  return most;
}
