import { setTimeout as sleep } from 'node:timers/promises';

import { type Client, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { BEFORE_DEADLINE_MS, LATE_MS } from '../support/bounds.js';
import { Relay } from '../support/relay.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { call, callsClient, HealthClient } from './grpc-client.js';
import { link } from './transports.js';

const EVERY_MS = 5;
const clean = { code: 0, signal: null };
const clients: { close(): void }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await endAll();
});

async function serve(config: FixtureConfig): Promise<{ app: RunningApplication; port: number }> {
  const { server } = await link('grpc');
  const app = await start({
    program: 'microservice',
    kind: 'microservice',
    servers: [server],
    ...config,
  });
  return { app, port: Number(String(server.options['url']).split(':')[1]) };
}

function healthClient(port: number): HealthClient {
  const health = new HealthClient(`127.0.0.1:${port}`);
  clients.push(health.client);
  return health;
}

function connect(ports: readonly number[], options = {}): Client {
  const made = callsClient(ports, options);
  clients.push(made);
  return made;
}

describe.each(['microservice', 'hybrid'] as const)('the health service of a %s', (kind) => {
  const GRACE_MS = 2000;

  it('answers as the probes do, and says NOT_SERVING at the signal', async () => {
    const options = { gracePeriodMs: GRACE_MS, probes: { grpc: true } };
    const { app, port } = await serve({ kind, options });
    const health = healthClient(port);
    const names = ['', 'calls.Calls', 'ready', 'live', 'startup', 'grpc.Unknown', 'x'.repeat(200)];
    const all = () => Promise.all(names.map((name) => health.check(name)));
    const { NOT_FOUND } = status;
    const up = 'SERVING';
    expect(await all()).toEqual([up, up, up, up, up, NOT_FOUND, NOT_FOUND]);
    const watches = ['', 'calls.Calls', 'live', 'grpc.Unknown'].map((name) => health.watch(name));
    const [whole, service, live, unknown] = watches;
    await unknown!.until('SERVICE_UNKNOWN');
    await Promise.all([whole, service, live].map((watch) => watch!.until(up)));

    const sentAt = app.signal('SIGTERM');
    const down = 'NOT_SERVING';
    for (const watch of [whole, service]) {
      expect((await watch!.until(down)).at - sentAt).toBeLessThan(GRACE_MS / 2);
    }
    expect(await all()).toEqual([down, down, down, up, up, NOT_FOUND, NOT_FOUND]);
    // Watched to the end, and no longer.
    for (const { ended } of watches) expect(await ended).toBe(status.UNAVAILABLE);
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(GRACE_MS + BEFORE_DEADLINE_MS);
    expect(live!.told.map((one) => one.status)).toEqual([up]);
    expect(whole!.told.map((one) => one.status)).toEqual([up, down]);
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });
});

it('there is no gRPC health service without the option', async () => {
  const { app, port } = await serve({});
  expect(await healthClient(port).check('')).toBe(status.UNIMPLEMENTED);
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject(clean);
});

it('a gRPC client that has vanished holds nothing up', async () => {
  const { app, port } = await serve({ options: { probes: { grpc: true } } });
  const relay = await Relay.to(port);
  const gone = connect([relay.port]);
  expect(await call(gone, 'Work', { id: 1, ms: 0 })).toEqual({ id: 1 });
  const watch = healthClient(relay.port).watch('');
  await watch.until('SERVING');
  relay.mute();
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject(clean);
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  relay.cut();
});

describe('gRPC calls on two instances, one of which leaves', () => {
  const rounds = process.env['LONG_RUN'] ? 5 : 1;

  it.each([
    ['clients as they are lose none', {}, 0],
    ['those without any retry lose what crosses the GOAWAY', { 'grpc.enable_retries': 0 }, 5],
  ])(
    '%s',
    async (_, options, mostLost) => {
      for (let round = 0; round < rounds; round++) {
        const [leaving, staying] = await Promise.all([serve({}), serve({})]);
        const calls = new CallStream(connect([leaving.port, staying.port], options));
        await leaving.app.event('handled', 20);
        leaving.app.signal('SIGTERM');
        expect(await leaving.app.exited).toMatchObject(clean);
        await sleep(LATE_MS);
        const outcomes = await calls.stop();
        staying.app.signal('SIGTERM');
        expect(await staying.app.exited).toMatchObject(clean);

        const failed = outcomes.filter(({ code }) => code !== 0);
        if (process.env['LONG_RUN']) console.log(`${failed.length} of ${outcomes.length}`);
        expect(failed.length).toBeLessThanOrEqual(mostLost);
        // Not one of them has been done all the same, so that its client may send it again.
        const handled = [...idsOf(leaving.app), ...idsOf(staying.app)];
        expect(failed.filter(({ id }) => handled.includes(id))).toEqual([]);
        expect(new Set(handled).size).toBe(handled.length);
        expect(handled).toHaveLength(outcomes.length - failed.length);
      }
    },
    30_000 + rounds * 20_000,
  );
});

function idsOf({ events }: RunningApplication): unknown[] {
  return events.filter(({ name }) => name === 'handled').map(({ detail }) => detail);
}

/** One call after the other, each with its outcome. */
class CallStream {
  readonly #calls: Promise<Call>[] = [];
  readonly #running: Promise<void>;
  #isStopped = false;

  constructor(from: Client) {
    this.#running = this.#run(from);
  }

  /** Resolves when every call has its outcome. */
  async stop(): Promise<Call[]> {
    this.#isStopped = true;
    await this.#running;
    return Promise.all(this.#calls);
  }

  async #run(from: Client): Promise<void> {
    for (let id = 1; !this.#isStopped; id++) {
      const outcome = call(from, 'Work', { id, ms: 20 });
      this.#calls.push(outcome.then(({ code = 0 }: { code?: number }) => ({ id, code })));
      await sleep(EVERY_MS);
    }
  }
}

interface Call {
  readonly id: number;
  readonly code: number;
}
