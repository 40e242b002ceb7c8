import { firstValueFrom, lastValueFrom, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { expectNothingLost, rollUnderLoad } from '../support/rolling-consumers.js';
import { type RunningApplication, start } from '../support/running-application.js';
import {
  type Client,
  isInstalled,
  type Link,
  link,
  type TransportRow,
  useBrokers,
} from './transports.js';

const timeoutMs = 180_000;
const HANDLER_MS = 30;
const REPLY_WITHIN_MS = 10_000;

const connectTo = useBrokers();

function startService(to: Link): Promise<RunningApplication> {
  return start({ program: 'microservice', kind: 'microservice', servers: [to.server] });
}

function ask(client: Client, method: string, id: number): Promise<unknown> {
  const reply = client.send(method, { id, ms: HANDLER_MS });
  return firstValueFrom(reply.pipe(timeout(REPLY_WITHIN_MS)));
}

interface Row extends TransportRow {
  readonly name: string;
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
    'nothing is lost or handled twice, and every reply arrives',
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
      expectNothingLost(rolled);
      expect(rolled.log).not.toContain('ERROR');
    },
    timeoutMs,
  );
});

describe.each(['tcp', 'grpc'])('rolling restarts: %s', (transport) => {
  it(
    'nothing is handled twice, and the next instance answers what one does not take',
    async () => {
      const serving: Client[] = [];
      const startOne = async () => {
        const to = await link(transport);
        const app = await startService(to);
        const client = await connectTo(to);
        serving.push(client);
        void app.exited.then(() => serving.splice(serving.indexOf(client), 1));
        return app;
      };
      /** As a client does that knows several addresses. */
      const send = async (id: number): Promise<unknown> => {
        const [first, ...others] = serving.toSorted(() => Math.random() - 0.5);
        let reply = ask(first!, 'work', id);
        for (const other of others) reply = reply.catch(() => ask(other, 'work', id));
        return reply;
      };
      const rolled = await rollUnderLoad({
        start: startOne,
        send,
        begins: 'handler',
        ends: 'handled',
      });
      expectNothingLost(rolled);
    },
    timeoutMs,
  );
});
