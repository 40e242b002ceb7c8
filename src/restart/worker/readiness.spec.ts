import type { Server } from 'node:net';

import { describe, expect, it } from 'vitest';

import { FakeClock } from '../../testing/fake-clock.js';
import { Readiness } from './readiness.js';

type Answers = (number | Error | 'none')[];

/** Servers that answer one after the other what they are told to; the last answer stays. */
function setup(...answers: Answers[]) {
  const clock = new FakeClock();
  const scripts = new Map(answers.map((script) => [{} as Server, script]));
  let isOver = false;
  const ask = (server: Server): Promise<number> => {
    const script = scripts.get(server)!;
    const next = script.length > 1 ? script.shift()! : script[0]!;
    if (next === 'none') return new Promise(() => {});
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  const readiness = new Readiness('/ready', new Set(scripts.keys()), clock, ask);
  const reds: string[] = [];
  let isGreen = false;
  const green = readiness
    .green(
      () => isOver,
      (reason) => reds.push(reason),
    )
    .then(() => (isGreen = true));
  return { clock, reds, green, isGreen: () => isGreen, end: () => (isOver = true) };
}

describe('Readiness', () => {
  it.each([200, 204])('is green with the status %i', async (status) => {
    const { clock, reds, isGreen } = setup([status]);
    await clock.flush();
    expect(isGreen()).toBe(true);
    expect(reds).toEqual([]);
  });

  it('is checked every 100 ms, and each reason for red is reported once', async () => {
    const error = new Error('socket hang up');
    const { clock, reds, isGreen } = setup([503, 503, 302, error, error, 200]);
    await clock.advance(499);
    expect(isGreen()).toBe(false);
    expect(reds).toEqual([
      'GET /ready answers 503',
      'GET /ready answers 302',
      'GET /ready fails: Error: socket hang up',
    ]);
    await clock.advance(1);
    expect(isGreen()).toBe(true);
  });

  it('is red if the answer does not come', async () => {
    const { clock, reds, isGreen } = setup(['none', 200]);
    await clock.advance(5000);
    expect(reds).toEqual(['GET /ready has not answered in 5000 ms']);
    await clock.advance(100);
    expect(isGreen()).toBe(true);
  });

  it('ignores servers that do not know the route, unless none does', async () => {
    const known = setup([404], [503, 200], [426]);
    await known.clock.advance(100);
    expect(known.reds).toEqual(['GET /ready answers 503']);
    expect(known.isGreen()).toBe(true);
    const unknown = setup([404], [404]);
    await unknown.clock.advance(1000);
    expect(unknown.reds).toEqual(['GET /ready answers 404']);
    expect(unknown.isGreen()).toBe(false);
  });

  it('is green without a server, and says so', async () => {
    const { clock, reds, isGreen } = setup();
    await clock.flush();
    expect(isGreen()).toBe(true);
    expect(reds).toEqual([
      'no HTTP server listens that could answer /ready, so the check is skipped',
    ]);
  });

  it('is not checked any more when nobody waits for it', async () => {
    const { clock, end, green } = setup([503]);
    await clock.advance(250);
    end();
    await clock.advance(100);
    await green;
    expect(clock.timers).toBe(0);
  });
});
