import { expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { HookTimes } from './hook-times.js';

function setUp() {
  const clock = new FakeClock();
  return { clock, hooks: new HookTimes(clock) };
}

it('hooks that run concurrently each have their own time', async () => {
  const { clock, hooks } = setUp();
  await clock.advance(100);
  hooks.began('Db.onModuleDestroy');
  hooks.began('Cache.onModuleDestroy');
  await clock.advance(10);
  hooks.ended('Db.onModuleDestroy', 'completed');
  await clock.advance(20);
  hooks.ended('Cache.onModuleDestroy', 'failed');
  hooks.began('Db.onApplicationShutdown');
  await clock.advance(5);
  expect(hooks.all(60)).toEqual([
    { name: 'Db.onModuleDestroy', atMs: 40, ms: 10, outcome: 'completed' },
    { name: 'Cache.onModuleDestroy', atMs: 40, ms: 30, outcome: 'failed' },
    { name: 'Db.onApplicationShutdown', atMs: 70, ms: 5, outcome: 'cut' },
  ]);
});

it('of very many hooks the slowest are kept, in their order', async () => {
  const { clock, hooks } = setUp();
  for (let i = 0; i < 150; i++) {
    hooks.began(`Hook${i}`);
    await clock.advance(i);
    hooks.ended(`Hook${i}`, 'completed');
  }
  const all = hooks.all(0);
  expect(all).toHaveLength(100);
  expect(all[0]).toMatchObject({ name: 'Hook50', ms: 50 });
});
