import { createClient } from 'graphql-ws';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { isLongRun, times } from '../support/runs.js';
import { freePort } from '../support/server-process.js';
import { WebSocketClient } from '../support/web-socket-client.js';
import { type Connect, NumberedClients, type Peer } from './numbered-clients.js';

const restarts = times(2, 5);
const CLIENTS = 8;
/** Messages between two restarts. */
const PER_RESTART = 100;
const ms = () => Math.round(Math.random() * 40);

afterEach(endAll);

/** Answers by their number. */
class Answers {
  readonly #waiting = new Map<number, (isAnswered: boolean) => void>();
  #isLost = false;

  for(id: number): Promise<boolean> {
    if (this.#isLost) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  came(id: number): void {
    this.#waiting.get(id)?.(true);
    this.#waiting.delete(id);
  }

  lost(): void {
    this.#isLost = true;
    for (const resolve of this.#waiting.values()) resolve(false);
  }
}

async function ws(port: number): Promise<Peer> {
  const { socket } = await WebSocketClient.open(port);
  const answers = new Answers();
  socket.on('message', (data: Buffer) => {
    answers.came((JSON.parse(data.toString()) as { data: number }).data);
  });
  socket.on('close', () => answers.lost());
  return {
    send: (id) => {
      const answer = answers.for(id);
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify({ event: 'numbered', data: { id, ms: ms() } }));
      }
      return answer;
    },
    close: () => socket.close(),
  };
}

async function socketIo(port: number): Promise<Peer> {
  const client = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  const answers = new Answers();
  await new Promise<void>((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', reject);
  });
  client.on('disconnect', () => answers.lost());
  return {
    send: (id) => {
      const answer = answers.for(id);
      if (client.connected) {
        client.emit('numbered', { id, ms: ms() }, (number: number) => answers.came(number));
      }
      return answer;
    },
    close: () => client.close(),
  };
}

async function graphQlWs(port: number): Promise<Peer> {
  let socket: WebSocket | undefined;
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    onNonLazyError: () => {},
    retryAttempts: 0,
  });
  await new Promise<void>((resolve, reject) => {
    client.on('connected', (opened) => {
      socket = opened as WebSocket;
      resolve();
    });
    client.on('closed', reject);
  });
  return {
    send: (id) => {
      const query = `mutation { numbered(id: ${id}, ms: ${ms()}) }`;
      // Otherwise the client would connect once more.
      if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(false);
      return new Promise((resolve) => {
        client.subscribe(
          { query },
          {
            next: () => resolve(true),
            error: () => resolve(false),
            complete: () => resolve(false),
          },
        );
      });
    },
    close: () => {
      socket?.close();
      void client.dispose();
    },
  };
}

const kinds: readonly [string, Connect, string, NodeJS.ProcessEnv][] = [
  ['ws', ws, 'websockets', { FIXTURE_LIBRARY: 'ws' }],
  ['socket.io', socketIo, 'websockets', { FIXTURE_LIBRARY: 'socket.io' }],
  ['graphql-ws', graphQlWs, 'graphql', { FIXTURE_FEATURES: 'apollo' }],
];

describe.each(kinds)(
  '%s, on two instances that are restarted in turn',
  (_, connect, program, env) => {
    const launch = (port: number) =>
      start(
        { program, options: { gracePeriodMs: 500 } },
        { ...env, FIXTURE_HTTP_PORT: String(port) },
      );

    it(
      'each message that was handled has its answer, and none is handled twice',
      async () => {
        const ports = [await freePort(), await freePort()];
        const instances = await Promise.all(ports.map(launch));
        const all: RunningApplication[] = [...instances];
        const clients = new NumberedClients(connect, ports, CLIENTS);
        const exits: unknown[] = [];
        for (let round = 0; round < restarts; round++) {
          const turn = round % ports.length;
          const leaving = instances[turn]!;
          await leaving.event('handled', PER_RESTART);
          leaving.signal('SIGTERM');
          const { code, signal } = await leaving.exited;
          exits.push({ code, signal });
          all.push((instances[turn] = await launch(ports[turn]!)));
        }
        await clients.stop();
        for (const instance of instances) {
          instance.signal('SIGTERM');
          const { code, signal } = await instance.exited;
          exits.push({ code, signal });
        }

        const handled = all
          .flatMap(({ events }) => events.filter(({ name }) => name === 'handled'))
          .map(({ detail }) => detail as number)
          .toSorted((a, b) => a - b);
        expect(exits).toEqual(exits.map(() => ({ code: 0, signal: null })));
        expect(clients.reconnects).toBeGreaterThanOrEqual(restarts);
        expect(clients.answered.toSorted((a, b) => a - b)).toEqual(handled);
        expect(new Set(handled).size).toBe(handled.length);
        if (isLongRun) {
          console.log(`${handled.length} messages, ${clients.reconnects} reconnects`);
        }
      },
      60_000 + restarts * 20_000,
    );
  },
);
