import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';
import { isLongRun, times } from '../support/runs.js';

afterEach(endAll);

const RUNS = times(3, 200);
/** Less than one process can take: where it cannot, what waits when its second is over is reset. */
const PER_SECOND = times(200, 1000);
const EVERY_MS = 5;
/** What comes between the last look at the queue and the end of the listener: hardly a moment. */
const MOST_RESETS = times(2 * RUNS, RUNS);
const REQUEST = 'GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n';

type Outcome = 'answered' | 'refused' | 'reset';

/** Connects, asks as soon as it may, and never again. */
function ask(port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let isConnected = false;
    let received = '';
    socket.on('connect', () => {
      isConnected = true;
      socket.write(REQUEST);
    });
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (received.includes('200 OK')) resolve('answered');
      else resolve(isConnected ? 'reset' : 'refused');
    });
  });
}

/**
 * Opens connections at that rate, or as fast as it can, until told to stop.
 *
 * @returns how they ended
 */
async function askAtRate(port: number, isOver: () => boolean): Promise<Record<Outcome, number>> {
  const asked: Promise<Outcome>[] = [];
  while (!isOver()) {
    for (let i = 0; i < (PER_SECOND * EVERY_MS) / 1000; i++) asked.push(ask(port));
    await sleep(EVERY_MS);
  }
  const ended: Record<Outcome, number> = { answered: 0, refused: 0, reset: 0 };
  for (const outcome of await Promise.all(asked)) ended[outcome] += 1;
  return ended;
}

it('row 30: hardly any connection that comes as the listener closes is reset', async () => {
  const sum: Record<Outcome, number> = { answered: 0, refused: 0, reset: 0 };
  for (let run = 0; run < RUNS; run++) {
    const app = await start({ adapter: run % 2 === 0 ? 'express' : 'fastify' });
    let isGone = false;
    const asked = askAtRate(app.port, () => isGone);
    await sleep(300);
    app.signal('SIGTERM');
    const exit = await app.exited;
    isGone = true;
    expect(exit).toMatchObject({ code: 0, signal: null });
    for (const [outcome, count] of Object.entries(await asked)) sum[outcome as Outcome] += count;
  }
  if (isLongRun) console.log(sum);
  expect(sum.answered).toBeGreaterThan(RUNS);
  expect(sum.refused).toBeGreaterThan(RUNS);
  expect(sum.reset).toBeLessThanOrEqual(MOST_RESETS);
}, 600_000);

describe('with 50 ms of work in each turn of the event loop', () => {
  const TURN_MS = 50;

  /** Connections that the kernel has established, and their requests, when the signal comes. */
  async function askThenSignal(count: number, options: GracefulShutdownOptions) {
    const app = await start({ options });
    await request(app.port, `/busy?ms=${TURN_MS}`);
    await sleep(4 * TURN_MS);
    const asked = Array.from({ length: count }, () => ask(app.port));
    await sleep(TURN_MS);
    app.signal('SIGTERM');
    const outcomes = await Promise.all(asked);
    const { code } = await app.exited;
    const reset = outcomes.filter((outcome) => outcome === 'reset').length;
    return { outcomes: new Set(outcomes), reset, code, log: app.log };
  }

  it('row 30: all connections that were established before the signal are answered', async () => {
    const { outcomes, code, log } = await askThenSignal(40, {});
    expect(outcomes).toEqual(new Set(['answered']));
    expect(code).toBe(0);
    expect(log).not.toContain('came although the application was leaving');
  });

  it.runIf(process.platform === 'linux')(
    'row 30: connections that are dropped because the drain is out of time are counted',
    async () => {
      const { reset, log } = await askThenSignal(80, { drainTimeoutMs: 1000 });
      const counted = Number(/(\d+) reset in the accept queue/.exec(log)?.[1]);
      expect(reset).toBeGreaterThan(10);
      expect(Math.abs(counted - reset)).toBeLessThan(10);
      expect(log).toMatch(/connections waited to be accepted when the listener closed/);
    },
  );
});
