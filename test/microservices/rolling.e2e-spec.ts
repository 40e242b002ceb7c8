import { firstValueFrom, lastValueFrom, timeout } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { missing, most, rollUnderLoad } from '../support/rolling-consumers.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import {
  type Broker,
  type Client,
  isInstalled,
  type Link,
  link,
  startBrokers,
  stopBrokers,
} from './transports.js';

const timeoutMs = 180_000;
const HANDLER_MS = 30;
const REPLY_WITHIN_MS = 10_000;

beforeAll(startBrokers, 90_000);
afterAll(stopBrokers);

const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await endAll();
});

async function connectTo(to: Link): Promise<Client> {
  const client = await to.connect();
  clients.push(client);
  return client;
}

function startService(to: Link, options = {}): Promise<RunningApplication> {
  return start({ program: 'microservice', kind: 'microservice', servers: [to.server], options });
}

function ask(client: Client, method: string, id: number): Promise<unknown> {
  const reply = client.send(method, { id, ms: HANDLER_MS });
  return firstValueFrom(reply.pipe(timeout(REPLY_WITHIN_MS)));
}

interface Row {
  readonly name: string;
  readonly transport: string;
  readonly broker?: Broker;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  /** The message is an event, without a reply. */
  readonly isEvent?: boolean;
}

const shared: readonly Row[] = [
  { name: 'rmq, requests', transport: 'rmq', broker: 'rabbitmq-server' },
  {
    name: 'rmq, events that are acknowledged',
    transport: 'rmq',
    broker: 'rabbitmq-server',
    options: { noAck: false, prefetchCount: 4 },
    isEvent: true,
  },
  { name: 'nats', transport: 'nats', broker: 'nats-server', options: { queue: 'workers' } },
  { name: 'mqtt', transport: 'mqtt', broker: 'mosquitto', method: 'shared' },
];

describe.each(shared)('rolling restarts: $name', (row) => {
  it.skipIf(!isInstalled(row.broker))(
    'nothing is lost, nothing handled twice, every reply arrives',
    async () => {
      const to = await link(row.transport, row.options);
      const client = await connectTo(to);
      const send = (id: number) =>
        row.isEvent
          ? lastValueFrom(client.emit!('event', { id, ms: HANDLER_MS }), {
              defaultValue: undefined,
            })
          : ask(client, row.method ?? 'work', id);
      const rolled = await rollUnderLoad({
        start: () => startService(to),
        send,
        begins: 'handler',
        ends: 'handled',
      });
      expect(rolled.failed).toEqual([]);
      expect(most(rolled.handled)).toBe(1);
      expect(missing(rolled.handled, rolled.sent)).toEqual([]);
      expect(rolled.unfinished).toBe(0);
      for (const exit of rolled.exits) expect(exit).toMatchObject({ code: 0, signal: null });
      expect(rolled.log).not.toContain('ERROR');
    },
    timeoutMs,
  );
});
