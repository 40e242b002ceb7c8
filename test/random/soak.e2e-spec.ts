import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { FixtureEvent } from '../fixtures/config.js';
import { times } from '../support/runs.js';

const ROUNDS = times(1000, 5000);
const PROGRAM = join(import.meta.dirname, '../.out/test/fixtures/soak.js');
/** An application takes some 200 kB: one kept in twenty would be seen. */
const LARGEST_GROWTH_BYTES = 10_000;

interface Soaked {
  readonly before: object;
  readonly after: object;
  readonly bytesPerRound: number;
}

describe('a process in which applications come and go', () => {
  it(`keeps nothing of ${ROUNDS} shutdowns`, async () => {
    const child = fork(PROGRAM, {
      execArgv: ['--expose-gc'],
      env: { PATH: process.env['PATH'], SOAK_ROUNDS: String(ROUNDS) },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const events: FixtureEvent[] = [];
    child.on('message', (event) => events.push(event as FixtureEvent));
    const [code] = (await once(child, 'exit')) as [number];
    const soaked = events.find(({ name }) => name === 'soaked')?.detail as Soaked;

    expect(code).toBe(0);
    expect(soaked.after).toEqual(soaked.before);
    expect(soaked.bytesPerRound).toBeLessThan(LARGEST_GROWTH_BYTES);
  }, 300_000);
});
