import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

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

it('row 30: of the connections that come as the listener closes, hardly one is reset', async () => {
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
