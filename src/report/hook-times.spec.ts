import { expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { HookTimes } from './hook-times.js';

function setUp() {
  const clock = new FakeClock();
  return { clock, hooks: new HookTimes(clock) };
}

it('hooks that run side by side each have their own time', async () => {
  const { clock, hooks } = setUp();
  await clock.advance(100);
  hooks.began('Db.onModuleDestroy');
  hooks.began('Cache.onModuleDestroy');
  await clock.advance(10);
  hooks.ended('Db.onModuleDestroy', false);
  await clock.advance(20);
  hooks.ended('Cache.onModuleDestroy', true);
  hooks.began('Db.onApplicationShutdown');
  await clock.advance(5);
  expect(hooks.all(60)).toEqual([
    { name: 'Db.onModuleDestroy', startMs: 40, ms: 10, status: 'done' },
    { name: 'Cache.onModuleDestroy', startMs: 40, ms: 30, status: 'failed' },
    { name: 'Db.onApplicationShutdown', startMs: 70, ms: 5, status: 'unfinished' },
  ]);
});

it('of very many the slowest are kept, in their order', async () => {
  const { clock, hooks } = setUp();
  for (let i = 0; i < 150; i++) {
    hooks.began(`Hook${i}`);
    await clock.advance(i);
    hooks.ended(`Hook${i}`, false);
  }
  const all = hooks.all(0);
  expect(all).toHaveLength(100);
  expect(all[0]).toMatchObject({ name: 'Hook50', ms: 50 });
});
