import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { Http2Client, type Http2Outcome } from '../support/http2-client.js';
import { endCommands, RunningCommand } from '../support/running-command.js';
import { openHttp2Stream, openStream, type StreamEnd } from '../support/stream-client.js';
import { WebSocketClient } from '../support/web-socket-client.js';

const isLong = process.env['LONG_RUN'] === '1';
const reloads = isLong ? 10 : 3;
const clients = 3;
const patienceMs = isLong ? 600_000 : 120_000;
const options = { drainTimeoutMs: 10_000 };

/** Clients that come back whenever their connection ends, until `end()`. */
class Returning {
  #isOver = false;
  readonly #clients: Promise<void>[];

  /** @param visit - from a connection to its end; told how the last visit is ended */
  constructor(visit: (isOver: () => boolean) => Promise<void>) {
    this.#clients = Array.from({ length: clients }, async () => {
      while (!this.#isOver) await visit(() => this.#isOver);
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }
}

async function reloadAgainAndAgain(service: RunningCommand): Promise<void> {
  for (let i = 0; i < reloads; i++) {
    expect(await service.reload()).toMatchObject({ code: 0 });
    await service.statusWith('end of the old worker', ({ workers }) => workers.length === 1);
  }
}

describe('open connections in repeated reloads:', () => {
  afterEach(endCommands);

  it(
    'websockets are told to reconnect, event streams end cleanly, requests are answered',
    async () => {
      const service = await RunningCommand.start({ release: { streams: true, options } });
      const codes: number[] = [];
      const streams: StreamEnd[] = [];
      const sockets = new Returning(async (isOver) => {
        const client = await WebSocketClient.open(service.port);
        const isOpen = isPending(client.closed);
        client.send('echo');
        while (isOpen() && !isOver()) await sleep(20);
        if (isOpen()) return client.socket.terminate();
        codes.push((await client.closed).code);
        // It was answered before it was told to go.
        expect(client.messages).toHaveLength(1);
      });
      const events = new Returning(async (isOver) => {
        const client = await openStream(service.port, '/ticks');
        const isOpen = isPending(client.end);
        while (isOpen() && !isOver()) await sleep(20);
        if (isOpen()) return client.leave();
        streams.push(await client.end);
      });
      const load = service.load({ clients: 8 });
      await reloadAgainAndAgain(service);
      const { failed, requests } = await load.stop();
      await Promise.all([sockets.end(), events.end()]);

      expect(failed).toEqual([]);
      expect(requests).toBeGreaterThan(reloads);
      expect(codes.length).toBeGreaterThanOrEqual(reloads);
      expect(new Set(codes)).toEqual(new Set([1012]));
      expect(streams.length).toBeGreaterThanOrEqual(reloads);
      expect(streams.filter(({ complete, status }) => !complete || status !== 200)).toEqual([]);
    },
    patienceMs,
  );

  it(
    'HTTP/2 streams end cleanly, and requests are answered, or refused so that they can be repeated',
    async () => {
      const release = { adapter: 'fastify', http2: true, streams: true, options } as const;
      const service = await RunningCommand.start({ release });
      const outcomes: Http2Outcome[] = [];
      const streams: StreamEnd[] = [];
      const posts = new Returning(async (isOver) => {
        const client = await Http2Client.open(service.port);
        while (client.goaways.length === 0 && !client.session.closed && !isOver()) {
          outcomes.push(await client.request('/orders?ms=20', '{"id":1}'));
        }
        client.destroy();
      });
      const events = new Returning(async (isOver) => {
        const client = await openHttp2Stream(service.port, '/ticks');
        const isOpen = isPending(client.end);
        while (isOpen() && !isOver()) await sleep(20);
        client.leave();
        if (!isOpen()) streams.push(await client.end);
      });
      await reloadAgainAndAgain(service);
      await Promise.all([posts.end(), events.end()]);

      const failed = outcomes.filter(({ complete, status, error }) => {
        const isRefused = error !== undefined && /REFUSED_STREAM/.test(error);
        return !isRefused && !(complete && status === 200);
      });
      expect(failed).toEqual([]);
      expect(outcomes.length).toBeGreaterThan(reloads);
      expect(streams.length).toBeGreaterThanOrEqual(reloads);
      expect(streams.filter(({ complete, status }) => !complete || status !== 200)).toEqual([]);
    },
    patienceMs,
  );
});

/** @returns whether it has not settled by now */
function isPending(promise: Promise<unknown>): () => boolean {
  let pending = true;
  const settled = () => (pending = false);
  promise.then(settled, settled);
  return () => pending;
}
