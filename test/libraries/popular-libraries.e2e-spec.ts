import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import { type Answer, keepAliveAgent, request } from '../support/http-client.js';
import { endAll, RunningApplication } from '../support/running-application.js';
import {
  findProgram,
  type ServerProcess,
  startPostgres,
  startRedis,
} from '../support/server-process.js';

// They need a Redis and a PostgreSQL of their own: Debian's redis-server and postgresql.
const missing = ['redis-server', 'postgres'].filter((name) => findProgram(name) === undefined);

const clients = 12;
const transactionMs = 40;
const slowTransactionMs = 1200;
const testMs = 120_000;

interface LogLine {
  readonly msg: string;
  readonly report?: ShutdownReport;
}

let redis: ServerProcess;
let postgres: ServerProcess;
/** What the application asks by axios. */
let prices: Server;
const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-libraries-'));

describe.skipIf(missing.length > 0)(
  `an application of popular libraries${missing.length > 0 ? ` (missing: ${missing.join(', ')})` : ''}`,
  () => {
    beforeAll(async () => {
      prices = createServer((_request, response) => {
        setTimeout(() => response.end('{"cents":100}'), transactionMs);
      }).listen(0, '127.0.0.1');
      await once(prices, 'listening');
      [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    }, testMs);

    afterEach(endAll);

    afterAll(async () => {
      prices.close();
      await Promise.all([redis, postgres].map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    }, testMs);

    it.each(['express', 'fastify'] as const)(
      'leaves under load on %s: every request is answered, every acknowledged order is stored',
      async (adapter) => {
        const logFile = join(folder, adapter);
        const app = await startApplication(adapter, logFile);
        const load = new Load(app.port);
        await load.answers(clients * 10);
        const slow = load.place(slowTransactionMs, false);
        await sleep(transactionMs);
        app.signal('SIGTERM');

        expect(await app.exited).toMatchObject({ code: 0, signal: null });
        await slow;
        await load.ended;
        expect(load.failures).toEqual([]);
        expect(await storedOrders()).toEqual(load.acknowledged.toSorted((a, b) => a - b));

        // The thread of the log has written all lines.
        const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
        const log = lines.map((line) => JSON.parse(line) as LogLine);
        const answered = log.filter(({ msg }) => msg === 'request completed');
        // Swagger's own route stands before the middleware of the log. On Fastify it depends on Nest's
        // version, also without this module, which routes the middleware sees.
        const logged = adapter === 'express' ? load.answered - load.documents : answered.length;
        expect(answered).toHaveLength(logged);
        const reports = log.flatMap(({ report }) => report ?? []);
        expect(reports).toMatchObject([{ result: 'clean', exitCode: 0 }]);
      },
      testMs,
    );
  },
);

async function startApplication(
  adapter: 'express' | 'fastify',
  logFile: string,
): Promise<RunningApplication> {
  const app = new RunningApplication(
    { program: 'popular-libraries', adapter, options: { gracePeriodMs: 500 } },
    {
      DATABASE_URL: databaseUrl(),
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      PRICES_URL: `http://127.0.0.1:${(prices.address() as AddressInfo).port}`,
      LOG_FILE: logFile,
    },
  );
  // To load so many libraries takes its time.
  await app.until('event listening', () => app.order.includes('listening'), testMs);
  return app;
}

function databaseUrl(): string {
  return `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
}

async function storedOrders(): Promise<number[]> {
  const database = await new DataSource({ type: 'postgres', url: databaseUrl() }).initialize();
  const rows = await database.query<{ id: number }[]>('SELECT id FROM orders ORDER BY id');
  await database.destroy();
  return rows.map(({ id }) => id);
}

/** Clients that keep their connection until they are told to go, as behind a balancer that has forgotten the port. */
class Load {
  readonly failures: string[] = [];
  readonly acknowledged: number[] = [];
  readonly ended: Promise<unknown>;
  answered = 0;
  documents = 0;
  #orders = 0;

  constructor(private readonly port: number) {
    this.ended = Promise.all(Array.from({ length: clients }, () => this.#client()));
  }

  async answers(count: number): Promise<void> {
    const end = Date.now() + testMs;
    while (this.answered < count && this.failures.length === 0 && Date.now() < end) {
      await sleep(transactionMs);
    }
  }

  /** @returns whether the connection may be used again */
  async place(ms: number, agent: ReturnType<typeof keepAliveAgent> | false): Promise<boolean> {
    const id = ++this.#orders;
    return this.#ask('/orders', agent, { id, ms }, ({ status, body }) => {
      if (status !== 201) return false;
      this.acknowledged.push(id);
      return body === JSON.stringify({ id, request: `request ${id}` });
    });
  }

  async #client(): Promise<void> {
    const agent = keepAliveAgent();
    const get = (path: string, isRight = ({ status }: Answer) => status === 200) =>
      this.#ask(path, agent, undefined, isRight);
    const steps = [
      () => this.place(transactionMs, agent),
      () => get('/orders/last'),
      () => get('/orders/count'),
      () => get('/prices/1'),
      () => get('/docs-json', ({ body }) => ++this.documents > 0 && body.includes('"/orders"')),
    ];
    for (let step = 0; await steps[step % steps.length]!(); step++);
    agent.destroy();
  }

  async #ask(
    path: string,
    agent: ReturnType<typeof keepAliveAgent> | false,
    order: { id: number; ms: number } | undefined,
    isRight: (answer: Answer) => boolean,
  ): Promise<boolean> {
    const headers = { 'x-request-id': `request ${order?.id}` };
    const body = order && { body: JSON.stringify(order) };
    try {
      const answer = await request(this.port, path, { agent, headers, ...body });
      this.answered += 1;
      if (!isRight(answer)) this.failures.push(`${path}: ${answer.status} ${answer.body}`);
      return answer.connection !== 'close' && this.failures.length === 0;
    } catch (error) {
      this.failures.push(`${path}: ${String(error)}`);
      return false;
    }
  }
}
