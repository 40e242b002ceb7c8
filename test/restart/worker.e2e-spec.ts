import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { firstValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { link } from '../microservices/transports.js';
import { SOON_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { Http2Client } from '../support/http2-client.js';
import { endAll } from '../support/running-application.js';
import { type RunningWorker, StandInPrimary } from '../support/stand-in-primary.js';

const RESTART = { kind: 'restart' } as const;
const STOP = { kind: 'signal', signal: 'SIGTERM', typed: false } as const;
/** Newer versions of Node end an idle connection that much later than `keepAliveTimeout`. */
const KEEP_ALIVE_BUFFER_MS = 1000;
const LINGERS: FixtureConfig = { keepAliveTimeoutMs: 60_000 };

let primary: StandInPrimary;
/** Ended after each test. */
let connections: { destroy(): unknown }[];

beforeEach(() => {
  primary = new StandInPrimary();
  connections = [];
});

afterEach(async () => {
  for (const connection of connections) connection.destroy();
  await endAll();
  primary.close();
});

/** A client that keeps its one connection. */
function client(tls = false): (path: string) => ReturnType<typeof request> {
  const agent = keepAliveAgent(tls);
  connections.push(agent);
  return (path) => request(primary.port, path, { agent, tls });
}

/** A connection that a test writes to itself, and never ends by itself. */
async function rawConnection(): Promise<RawConnection> {
  const connection = await RawConnection.open(primary.port);
  connections.push(connection.socket);
  return connection;
}

async function idleConnection(): Promise<RawConnection> {
  const connection = await rawConnection();
  connection.write('GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await connection.until('world');
  return connection;
}

async function leaveCleanly(worker: RunningWorker): Promise<void> {
  worker.leave(STOP);
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
}

const servers: [string, FixtureConfig][] = [
  ['express', {}],
  ['fastify', { adapter: 'fastify' }],
  ['express with TLS', { https: true }],
  ['fastify with TLS', { adapter: 'fastify', https: true }],
];

describe.each(servers)('a worker on %s', (_, config) => {
  const tls = config.https ?? false;

  it('uses a socket of its primary, and refuses connections until it is ready and told to accept', async () => {
    const worker = primary.start(config, '/ready');
    await worker.event('listening');
    expect(worker.port).toBe(primary.port);
    await worker.logged('Not ready for connections yet: GET /ready answers 503');
    worker.send('green');
    await worker.message('ready');
    expect(await attempt(primary.port, '/hello', { tls })).toEqual({ error: 'ECONNREFUSED' });
    worker.tell({ type: 'accept' });
    await worker.message('accepting');
    expect(await client(tls)('/ready')).toMatchObject({ status: 200 });
    await leaveCleanly(worker);
  });

  it('leaves for a restart without cutting, refusing or resetting any client', async () => {
    const worker = await primary.ready({ ...config, ...LINGERS });
    const [idle, balancer] = [client(tls), client(tls)];
    await idle('/hello');
    await balancer('/health/ready');
    const slow = request(primary.port, '/slow?ms=1000', { tls });
    await worker.event('handler');

    worker.leave(RESTART);
    await worker.state('draining');
    const answers = await Promise.all([idle('/hello'), balancer('/health/ready'), slow]);

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, connection: 'close' });
    }
    expect(await worker.exited).toMatchObject({ code: 0, signal: null });
    expect(worker.log).toContain('A new worker has taken over, stopping: readiness stays green');
  });

  it('leaves idle connections to their own keep-alive timeout in a restart', async () => {
    const keepAliveTimeoutMs = 2500;
    const options = { drainTimeoutMs: 500, idleLingerMs: 100 };
    const worker = await primary.ready({ ...config, keepAliveTimeoutMs, options });
    const idle = client(tls);
    const before = Date.now();
    await idle('/hello');

    worker.leave(RESTART);
    const { endsInMs } = await worker.state('draining');
    const exit = await worker.exited;

    expect(endsInMs).toBeGreaterThan(keepAliveTimeoutMs);
    expect(exit).toMatchObject({ code: 0, signal: null });
    // The client gives its connection up a second before that.
    expect(exit.at - before).toBeGreaterThanOrEqual(keepAliveTimeoutMs - 1100);
    expect(exit.at - before).toBeLessThan(keepAliveTimeoutMs + KEEP_ALIVE_BUFFER_MS + SOON_MS);
    expect(worker.states.map(({ state }) => state)).not.toContain('forcing');
  });
});

describe('in a restart,', () => {
  it('an idle connection is ended by its keep-alive timeout, and not before', async () => {
    const keepAliveTimeoutMs = 2000;
    const worker = await primary.ready({ keepAliveTimeoutMs, options: { drainTimeoutMs: 500 } });
    const begin = Date.now();
    const idle = await idleConnection();
    worker.leave(RESTART);
    await idle.closed;
    expect(Date.now() - begin).toBeGreaterThanOrEqual(keepAliveTimeoutMs - 50);
    expect(await worker.exited).toMatchObject({ code: 0, signal: null });
    expect(worker.states.map(({ state }) => state)).not.toContain('forcing');
  });

  it('a connection without a keep-alive timeout is closed before the drain time is up', async () => {
    const options = { drainTimeoutMs: 2000 };
    const worker = await primary.ready({ keepAliveTimeoutMs: 0, options });
    const idle = await idleConnection();
    worker.leave(RESTART);
    await idle.closed;
    expect(await worker.exited).toMatchObject({ code: 0, signal: null });
    expect(worker.states.map(({ state }) => state)).not.toContain('forcing');
  });

  it('a connection that never sent a byte may stay for 5 s', async () => {
    const worker = await primary.ready();
    const begin = Date.now();
    const silent = await rawConnection();
    // Accepted after it: what is not accepted yet is for other workers.
    await request(primary.port, '/hello');
    worker.leave(RESTART);
    await silent.closed;
    expect(Date.now() - begin).toBeGreaterThan(4500);
    expect(Date.now() - begin).toBeLessThan(5000 + SOON_MS);
    expect(await worker.exited).toMatchObject({ code: 0, signal: null });
  });

  it('a stop ends the wait for idle connections, and cuts nothing', async () => {
    const worker = await primary.ready({ ...LINGERS, options: { idleLingerMs: 300 } });
    const idle = await idleConnection();
    const slow = request(primary.port, '/slow?ms=1500');
    await worker.event('handler');
    worker.leave(RESTART);
    await worker.state('draining');

    worker.leave(STOP);
    const answer = await slow;
    await idle.closed;
    const exit = await worker.exited;

    expect(answer).toMatchObject({ status: 200, connection: 'close' });
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - answer.at).toBeLessThan(1000 + SOON_MS);
    const [, unhurried, hurried] = worker.states;
    expect(unhurried!.endsInMs).toBeGreaterThan(60_000);
    expect(hurried).toMatchObject({ state: 'draining' });
    expect(hurried!.endsInMs).toBeLessThanOrEqual(24_000);
  });

  it('connections that wait to be accepted are left to the other workers', async () => {
    const old = await primary.ready();
    const young = await primary.ready();
    old.leave(RESTART);
    const answers = Array.from({ length: 50 }, () => request(primary.port, '/hello'));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect(await old.exited).toMatchObject({ code: 0, signal: null });
    await leaveCleanly(young);
  });
});

it('a worker stays alive between ready and accept, even if the application unrefs the channel', async () => {
  const worker = primary.start();
  await worker.message('ready');
  await worker.event('listening');
  // An event loop that nothing holds is over within milliseconds.
  expect(await Promise.race([worker.exited, sleep(500, 'alive')])).toBe('alive');
  worker.tell({ type: 'accept' });
  await worker.message('accepting');
  expect(await client()('/hello')).toMatchObject({ status: 200 });
  await leaveCleanly(worker);
});

it.each([
  ['h2c', false],
  ['h2 with TLS', true],
])('a worker can ask a server of %s for its readiness, too', async (_, https) => {
  const config: FixtureConfig = { program: 'streams', http2: true, https };
  const worker = await primary.ready(config, '/hello');
  expect(worker.log).not.toContain('Not ready');
  const session = await Http2Client.open(primary.port, https);
  connections.push(session);
  expect(await session.request('/hello')).toMatchObject({ status: 200 });
  worker.leave(RESTART);
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
});

it('a worker leaves as if it had received the signal of its primary', async () => {
  const worker = await primary.ready({ options: { gracePeriodMs: 400 } });
  worker.leave(STOP);
  await worker.state('grace');
  const probe = await client()('/health/ready');
  expect(probe.status).toBe(503);
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
  expect(worker.events.find(({ name }) => name === 'onApplicationShutdown')?.detail).toBe(
    'SIGTERM',
  );
  expect(worker.log).toContain('SIGTERM received, stopping: readiness is red');
});

it('a worker has no grace period for a signal from the terminal of its primary', async () => {
  const worker = await primary.ready({ options: { gracePeriodMs: 20_000 } });
  const before = Date.now();
  worker.leave({ kind: 'signal', signal: 'SIGINT', typed: true });
  const exit = await worker.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - before).toBeLessThan(10_000);
});

it('a worker cuts the work in flight when its primary forces it', async () => {
  const worker = await primary.ready();
  const hanging = attempt(primary.port, '/hang');
  await worker.event('handler');
  worker.leave(STOP);
  await worker.state('draining');
  worker.tell({ type: 'force' });
  expect(await hanging).toEqual({ error: 'ECONNRESET' });
  expect(await worker.exited).toMatchObject({ code: 1, signal: null });
});

it('a worker leaves signals to its primary, from the import of the module on', async () => {
  const worker = primary.start({ quirks: ['slow-factory'] });
  await worker.event('factory-begins');
  worker.signal('SIGINT');
  await worker.message('ready');
  worker.tell({ type: 'accept' });
  await worker.message('accepting');
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) worker.signal(signal);
  expect(await client()('/slow?ms=200')).toMatchObject({ status: 200 });
  expect((await worker.report()).state).toBe('running');
  expect(worker.log).toContain(
    `Armed as a worker of process ${process.pid}, which takes the signals`,
  );
  expect(worker.log).not.toContain('somebody else');
  await leaveCleanly(worker);
});

it('a worker drains and leaves when its primary is gone', async () => {
  const worker = await primary.ready();
  const slow = request(primary.port, '/slow?ms=500');
  await worker.event('handler');
  worker.disconnect();
  expect(await slow).toMatchObject({ status: 200 });
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
  expect(worker.log).toContain(`its primary, process ${process.pid}, is gone), stopping`);
});

it('a worker leaves when its primary is gone before it is ready', async () => {
  const worker = primary.start({}, '/ready');
  await worker.logged('Not ready');
  worker.disconnect();
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
});

it('a worker reports its state to the primary, and how long that may last', async () => {
  const worker = await primary.ready();
  const slow = request(primary.port, '/slow?ms=300');
  await worker.event('handler');
  expect(await worker.report()).toMatchObject({ state: 'running', inFlight: 1 });
  worker.leave(STOP);
  await slow;
  await worker.exited;
  expect(worker.states.map(({ state }) => state)).toEqual([
    'grace',
    'draining',
    'closing',
    'closed',
  ]);
  expect(worker.states[0]!.endsInMs).toBeGreaterThan(20_000);
  expect(worker.states.at(-1)!.endsInMs).toBe(0);
});

it('several servers on port 0 have one port each, the same in every worker', async () => {
  const worker = await primary.ready({ kind: 'two-apps' });
  await worker.event('listening', 2);
  expect(new Set(worker.ports).size).toBe(2);
  const next = await primary.ready({ kind: 'two-apps' });
  await next.event('listening', 2);
  expect(next.ports).toEqual(worker.ports);
  const slow = worker.ports.map((port) => request(port, '/slow?ms=300'));
  for (const { status } of await Promise.all(slow)) expect(status).toBe(200);
  await Promise.all([leaveCleanly(worker), leaveCleanly(next)]);
});

it('an address in use is an error of the server, as without the command', async () => {
  const other = createServer();
  connections.push({ destroy: () => other.close() });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const env = { FIXTURE_PORT: String(port) };
  const worker = primary.start({ kind: 'microservice' }, undefined, env);
  await worker.logged('EADDRINUSE');
  expect(worker.isReady).toBe(false);
  expect((await worker.exited).code).not.toBe(0);
});

it('a worker listens on a Unix socket of its primary', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const socketPath = join(folder, 'app.sock');
  try {
    const worker = await primary.ready({ socketPath });
    expect(await request(0, '/hello', { socketPath })).toMatchObject({ status: 200 });
    const next = await primary.ready({ socketPath });
    worker.leave(RESTART);
    await worker.exited;
    expect(await request(0, '/hello', { socketPath })).toMatchObject({ status: 200 });
    await leaveCleanly(next);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe.each([
  ['tcp', 'work', 'count'],
  ['grpc', 'Work', 'Count'],
])('a microservice over %s', (transport, method, stream) => {
  it('is handed over to the next worker without losing a message', async () => {
    const { server, connect } = await link(transport);
    const config: FixtureConfig = { program: 'microservice', servers: [server] };
    const old = await primary.ready(config);
    const messages = await connect();
    const slow = firstValueFrom(messages.send(method, { id: 1, ms: 500 }));
    const counting = firstValueFrom(messages.send(stream, { id: 2, ms: 50 }).pipe(toArray()));
    await old.event('handler', 2);
    const young = await primary.ready(config);
    old.leave(RESTART);
    expect(await slow).toEqual({ id: 1 });
    expect(await counting).toHaveLength(10);
    expect(await old.exited).toMatchObject({ code: 0, signal: null });
    const others = await connect();
    expect(await firstValueFrom(others.send(method, { id: 3 }))).toEqual({ id: 3 });
    await Promise.all([messages.close(), others.close()]);
    await leaveCleanly(young);
  });
});

it('a worker without an HTTP server skips the readiness route, and logs that', async () => {
  const { server } = await link('tcp');
  const worker = await primary.ready({ program: 'microservice', servers: [server] }, '/ready');
  await worker.logged('no HTTP server listens that could answer /ready');
  expect(worker.isReady).toBe(true);
  await leaveCleanly(worker);
});
