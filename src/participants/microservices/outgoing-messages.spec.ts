import { beforeEach, expect, it } from 'vitest';

import { FakeClock } from '../../testing/fake-clock.js';
import type { ClientProxy } from './client-proxy.js';
import { OutgoingMessages } from './outgoing-messages.js';

let clock: FakeClock;
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  told = [];
});

/** A client, whose every step ends when it is told to. */
class ClientStub implements ClientProxy {
  connectionPromise: Promise<unknown> | null = null;
  readonly steps: { resolve(): void; reject(error: Error): void }[] = [];

  connect(): Promise<unknown> {
    return this.#step();
  }

  dispatchEvent(_packet: { readonly pattern: unknown }): Promise<unknown> {
    return this.#step();
  }

  close(): void {
    told.push('closed');
  }

  #step(): Promise<void> {
    return new Promise((resolve, reject) => this.steps.push({ resolve, reject }));
  }
}

/** As `ClientsModule` makes one: with a hook that is the method. */
function makeClient(): ClientStub & { onApplicationShutdown(): void } {
  const client = new ClientStub();
  return Object.assign(client, {
    onApplicationShutdown: Reflect.get(client, 'close'),
  });
}

function follow(client: ClientStub): OutgoingMessages {
  return new OutgoingMessages(client, clock, (_where, error) =>
    told.push((error as Error).message),
  );
}

it('a client is closed only after its last message is sent, by its hook as by its method', async () => {
  const client = makeClient();
  const messages = follow(client);
  void client.connect();
  void client.dispatchEvent({ pattern: 'placed' });
  expect(messages.tasks.list().map(({ label }) => label)).toEqual([
    'ClientStub.connect',
    'ClientStub.emit placed',
  ]);
  client.onApplicationShutdown();
  client.steps[0]!.resolve();
  await clock.flush();
  expect(told).toEqual([]);
  client.steps[1]!.resolve();
  await clock.flush();
  expect(told).toEqual(['closed']);
});

it('a broker that does not answer is waited for briefly, and reported once', async () => {
  const client = new ClientStub();
  const messages = follow(client);
  for (const pattern of ['a', 'b']) void client.dispatchEvent({ pattern });
  client.close();
  await clock.advance(1990);
  expect(told).toEqual([]);
  await clock.advance(10);
  expect(told).toEqual(['the broker does not answer', 'closed']);
  expect(messages.tasks.count).toBe(0);
});

it('an unused connection that was lost before the signal is no failure', async () => {
  const client = new ClientStub();
  client.connectionPromise = Promise.reject(new Error('Connection lost'));
  follow(client);
  client.close();
  await clock.flush();
  expect(told).toEqual(['closed']);
});

it('the drain of outgoing messages leaves the client as it was', () => {
  const client = makeClient();
  const names = Object.getOwnPropertyNames(client);
  follow(client).restore();
  expect(Object.getOwnPropertyNames(client)).toEqual(names);
  client.onApplicationShutdown();
  expect(told).toEqual(['closed']);
});
