import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { Controller, Get, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { afterEach, expect, it } from 'vitest';

import { GracefulShutdownModule, type ShutdownDiagnostics } from '../../src/index.js';
import { ShutdownTest } from '../../src/testing/index.js';

type Name = keyof ShutdownDiagnostics;

let undo: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const one of undo.splice(0)) await one();
  undo = [];
});

/** @returns what is published from here on */
function heard<N extends Name>(name: N): ShutdownDiagnostics[N][] {
  const messages: ShutdownDiagnostics[N][] = [];
  const listener = (message: unknown) => void messages.push(message as ShutdownDiagnostics[N]);
  subscribe(name, listener);
  undo.push(() => void unsubscribe(name, listener));
  return messages;
}

@Injectable()
class Cache implements OnModuleDestroy {
  onModuleDestroy(): void {
    throw new Error('the cache is gone');
  }
}

@Controller()
class Orders {
  @Get('orders')
  list(): string {
    return 'none';
  }

  @Get('hang')
  hang(): Promise<never> {
    return new Promise(() => {});
  }

  onModuleDestroy(): void {}
}

@Module({
  imports: [GracefulShutdownModule.forRoot({ drainTimeoutMs: 2000 })],
  controllers: [Orders],
  providers: [Cache],
})
class AppModule {}

it('the channels say how work ended, why a state ended, and who closed a connection', async () => {
  const states = heard('nestjs-drain:state');
  const requests = heard('nestjs-drain:request:end');
  const connections = heard('nestjs-drain:connection:close');
  const hooks = heard('nestjs-drain:hook:end');
  const cut = heard('nestjs-drain:cut');
  const reports = heard('nestjs-drain:report');
  const test = await ShutdownTest.start(AppModule);
  undo.push(() => test.close());

  await (await fetch(`${test.url}/orders`)).text();
  const hanging = fetch(`${test.url}/hang`).catch((error: unknown) => error);
  await test.untilInFlight(1);
  await test.signal('SIGTERM');
  const report = await test.finish();

  expect(await hanging).toBeInstanceOf(Error);
  expect(requests).toMatchObject([
    { label: 'GET Orders.list', outcome: 'completed' },
    { label: 'GET Orders.hang', outcome: 'cut' },
  ]);
  expect(connections.map(({ closedBy }) => closedBy)).toContain('cut');
  expect(cut).toMatchObject([{ tasks: [{ label: 'GET Orders.hang' }] }]);
  expect(hooks).toContainEqual({ name: 'Cache.onModuleDestroy', outcome: 'failed' });
  expect(hooks).toContainEqual({ name: 'Orders.onModuleDestroy', outcome: 'completed' });
  expect(states.map(({ state, endedBy }) => [state, endedBy])).toEqual([
    ['grace', undefined],
    ['draining', 'elapsed'],
    ['forcing', 'timeout'],
    ['closing', 'timeout'],
    ['closed', 'done'],
  ]);
  expect(reports).toEqual([{ report }]);
});
