import {
  type ClientGrpc,
  type ClientOptions,
  type ClientProxy,
  ClientProxyFactory,
  Transport,
} from '@nestjs/microservices';
import { join } from 'node:path';
import type { Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll } from 'vitest';

import type { ServerConfig } from '../fixtures/config.js';
import { Relay } from '../support/relay.js';
import { endAll } from '../support/running-application.js';
import {
  findProgram,
  freePort,
  type ServerProcess,
  startMosquitto,
  startNats,
  startRabbitMq,
  startRedis,
} from '../support/server-process.js';

export interface Done {
  readonly id: number;
}

export interface Task {
  readonly id: number;
  readonly ms?: number;
}

/** One end of a transport, as a test uses it. */
export interface Client {
  send(method: string, task: Task): Observable<Done>;
  stream?(method: string, tasks: Observable<Task>): Observable<Done>;
  emit?(method: string, task: Task): Observable<unknown>;
  close(): Promise<void>;
}

/** A transport that a server and its clients share, on a port or queue of their own. */
export interface Link {
  readonly server: ServerConfig;
  readonly connect: () => Promise<Client>;
  /** What a client in another application is given. */
  readonly client: ServerConfig;
}

const BOOT_MS = 90_000;

const brokers = new Map<string, ServerProcess>();
const starts = {
  'redis-server': startRedis,
  'nats-server': startNats,
  mosquitto: startMosquitto,
  'rabbitmq-server': startRabbitMq,
};
export type Broker = keyof typeof starts;

export function isInstalled(broker: Broker | undefined): boolean {
  return broker === undefined || findProgram(broker) !== undefined;
}

export interface TransportRow {
  readonly transport: string;
  /** What its messages go through; without, clients connect to the server. */
  readonly broker?: Broker;
}

export const behindBrokers: readonly Required<TransportRow>[] = [
  { transport: 'redis', broker: 'redis-server' },
  { transport: 'nats', broker: 'nats-server' },
  { transport: 'mqtt', broker: 'mosquitto' },
  { transport: 'rmq', broker: 'rabbitmq-server' },
];

export const direct: readonly TransportRow[] = [{ transport: 'tcp' }, { transport: 'grpc' }];

export const transports: readonly TransportRow[] = [...direct, ...behindBrokers];

/**
 * Brokers for the tests of one file.
 *
 * @returns what connects a client, which is closed after the test
 */
export function useBrokers(): (to: Link) => Promise<Client> {
  const clients: Client[] = [];
  beforeAll(startBrokers, BOOT_MS);
  afterAll(stopBrokers);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await endAll();
  });
  return async (to) => {
    const client = await to.connect();
    clients.push(client);
    return client;
  };
}

/** Starts those that are installed, side by side. */
export async function startBrokers(): Promise<void> {
  const installed = (Object.keys(starts) as Broker[]).filter(isInstalled);
  await Promise.all(installed.map(async (name) => brokers.set(name, await starts[name]())));
}

export async function stopBrokers(): Promise<void> {
  await Promise.all([...brokers.values()].map((broker) => broker.stop()));
}

export function portOf(broker: Broker): number {
  return brokers.get(broker)!.port;
}

let queues = 0;

/** The options of a server or client, which are mostly the same. */
async function optionsOf(transport: string): Promise<ServerConfig> {
  switch (transport) {
    case 'redis': {
      const options = { host: '127.0.0.1', port: portOf('redis-server') };
      return { transport: Transport.REDIS, options };
    }
    case 'nats': {
      const options = { servers: [`nats://127.0.0.1:${portOf('nats-server')}`] };
      return { transport: Transport.NATS, options };
    }
    case 'mqtt': {
      const options = { url: `mqtt://127.0.0.1:${portOf('mosquitto')}` };
      return { transport: Transport.MQTT, options };
    }
    case 'rmq': {
      const urls = [`amqp://127.0.0.1:${portOf('rabbitmq-server')}`];
      const options = { urls, queue: `queue-${queues++}`, queueOptions: { durable: false } };
      return { transport: Transport.RMQ, options };
    }
    case 'grpc': {
      const options = {
        url: `127.0.0.1:${await freePort()}`,
        package: 'calls',
        protoPath: join(import.meta.dirname, '..', 'fixtures', 'calls.proto'),
      };
      return { transport: Transport.GRPC, options };
    }
    default:
      return { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } };
  }
}

/** @param serverOptions - what only the server is given */
export async function link(
  transport: string,
  serverOptions: Readonly<Record<string, unknown>> = {},
): Promise<Link> {
  const { transport: id, options } = await optionsOf(transport);
  return {
    server: { transport: id, options: { ...options, ...serverOptions } },
    client: { transport: id, options },
    connect: () => connect({ transport: id, options }),
  };
}

/** The server of a link, which reaches its broker by a relay. */
export async function relayed({ server }: Link, broker: Broker, delayMs?: number) {
  const port = portOf(broker);
  const relay = await Relay.to(port, delayMs);
  return { relay, server: withPort(server, port, relay.port) };
}

/** A client of a link without a broker, which reaches its server by a relay. */
export async function relayedClient({ client }: Link, delayMs?: number) {
  const { port, url } = client.options as { port?: number; url?: string };
  const listening = port ?? Number(url!.split(':')[1]);
  const relay = await Relay.to(listening, delayMs);
  return { relay, client: await connect(withPort(client, listening, relay.port)) };
}

function withPort(config: ServerConfig, port: number, other: number): ServerConfig {
  const options = JSON.stringify(config.options).replaceAll(`${port}`, `${other}`);
  return { ...config, options: JSON.parse(options) as ServerConfig['options'] };
}

function connect(config: ServerConfig): Promise<Client> {
  const client = ClientProxyFactory.create(config as ClientOptions);
  const isGrpc = config.transport === (Transport.GRPC as number);
  return isGrpc ? grpcClient(client as never) : proxyClient(client);
}

async function proxyClient(client: ClientProxy): Promise<Client> {
  await client.connect();
  return {
    send: (method, task) => client.send(method, task),
    emit: (method, task) => client.emit(method, task),
    close: async () => void (await client.close()),
  };
}

async function grpcClient(client: ClientGrpc & ClientProxy): Promise<Client> {
  const service = client.getService<Record<string, (task: unknown) => Observable<Done>>>('Calls');
  return {
    send: (method, task) => service[method]!(task),
    stream: (method, tasks) => service[method]!(tasks),
    close: async () => void (await client.close()),
  };
}
