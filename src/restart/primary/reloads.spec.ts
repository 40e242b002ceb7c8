import { expect, it } from 'vitest';

import { Reloads } from './reloads.js';

function setUp() {
  const ends: ((error?: Error) => void)[] = [];
  const reloads = new Reloads(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length + 1;
        ends.push((error) => (error === undefined ? resolve(number) : reject(error)));
      }),
  );
  return { reloads, ends };
}

it('all requests during a reload become one more reload', async () => {
  const { reloads, ends } = setUp();
  const first = reloads.request();
  const others = [reloads.request(), reloads.request(), reloads.request()];
  expect(ends).toHaveLength(1);
  ends[0]!();
  expect(await first).toBe(1);
  expect(reloads.isRunning).toBe(true);
  ends[1]!();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  expect(ends).toHaveLength(2);
  expect(reloads.isRunning).toBe(false);
});

it('two reloads never run at once, whenever they are requested', async () => {
  const { reloads, ends } = setUp();
  const first = reloads.request();
  // Comes between the end of the first and the beginning of the second.
  const third = first.then(() => reloads.request());
  const second = reloads.request();
  ends[0]!();
  await first;
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  ends[1]!();
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  expect(ends).toHaveLength(2);
});

it('the next reload runs after one that failed', async () => {
  const { reloads, ends } = setUp();
  const first = reloads.request();
  const second = reloads.request();
  ends[0]!(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await Promise.resolve();
  ends[1]!();
  expect(await second).toBe(2);
});
