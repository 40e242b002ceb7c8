import 'reflect-metadata';

import {
  Controller,
  Get,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  Param,
  ServiceUnavailableException,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';

import {
  DeadlineSignal,
  GracefulShutdownHealthIndicator,
  GracefulShutdownModule,
  GracefulShutdownService,
} from '../../src/index.js';
import { RESOLVED_OPTIONS } from '../../src/options/resolve-options.js';
import { assertReport, ShutdownTest } from '../../src/testing/index.js';

/** What a test decides on: when the parcel is found, and how the database closes. */
@Injectable()
class Carrier {
  arrive!: () => void;
  readonly arrival = new Promise<void>((resolve) => (this.arrive = resolve));
}

@Injectable()
class Database implements OnModuleDestroy {
  onModuleDestroy: () => void | Promise<void> = () => {};
}

@Controller()
class OrdersController implements OnApplicationShutdown {
  signal: string | undefined;

  constructor(private readonly carrier: Carrier) {}

  @Get('orders/:id')
  async find(@Param('id') id: string): Promise<{ id: string }> {
    await this.carrier.arrival;
    return { id };
  }

  @Get('rates')
  async rates(@DeadlineSignal() deadline: AbortSignal): Promise<never> {
    await new Promise((resolve) => deadline.addEventListener('abort', resolve));
    throw new ServiceUnavailableException('leaving');
  }

  @Get('query')
  async query(): Promise<{ ms: number }> {
    await inRealTime();
    return { ms: 20 };
  }

  onApplicationShutdown(signal?: string): void {
    this.signal = signal;
  }
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }
}

@Module({
  imports: [
    GracefulShutdownModule.forRoot({ gracePeriodMs: 5000 }),
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [OrdersController, HealthController],
  providers: [Carrier, Database],
})
class AppModule {}

const open: ShutdownTest<any>[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((test) => test.close()));
});

/** How a client fared: the status of a whole answer. */
async function outcomeOf(response: Promise<Response>): Promise<number | 'failed'> {
  try {
    const { status } = await response;
    await (await response).text();
    return status;
  } catch {
    return 'failed';
  }
}

const adapters = {
  express: () => ({}),
  fastify: () => ({ adapter: new FastifyAdapter() }),
};

describe.each(['express', 'fastify'] as const)('ShutdownTest on %s', (name) => {
  async function start(
    ...[root, options]: Partial<Parameters<typeof ShutdownTest.start>>
  ): Promise<ShutdownTest> {
    const test = await ShutdownTest.start(root ?? AppModule, { ...adapters[name](), ...options });
    open.push(test);
    return test;
  }

  it('names a hook that throws in the report of a close(), too', async () => {
    // Not one of those that are closed later: under Nest 11 that would tell of the error again.
    const test = await ShutdownTest.start(AppModule, adapters[name]());
    test.app.get(Database).onModuleDestroy = () => {
      throw new Error('not today');
    };
    // Nest 11 rejects, Nest 12 logs.
    const closing = test.app.close().catch(() => {});
    const report = await test.finish();
    await closing;
    expect(report.hooks).toContainEqual(
      expect.objectContaining({ name: 'Database.onModuleDestroy', outcome: 'failed' }),
    );
    expect(report.result).toBe('failed');
  });

  it('goes through all states, with 25 s of shutdown in a moment', async () => {
    const test = await start();
    const begin = performance.now();
    const order = outcomeOf(fetch(`${test.url}/orders/1`));
    await test.untilInFlight();
    expect(test.state).toBe('running');

    await test.signal('SIGTERM');
    const seen: [state: string, at: number][] = [[test.state, test.elapsedMs]];
    for (const state of ['draining', 'forcing', 'closing', 'closed'] as const) {
      await test.enter(state);
      seen.push([test.state, test.elapsedMs]);
    }
    const report = await test.finish();

    expect(seen).toEqual([
      ['grace', 0],
      ['draining', 5000],
      ['forcing', 24_000],
      ['closing', 25_000],
      ['closed', 25_000],
    ]);
    expect(await order).toBe('failed');
    assertReport(report, {
      result: 'forced',
      exitCode: 1,
      within: 29_000,
      cut: 1,
      states: ['grace', 'draining', 'forcing', 'closing'],
      hooks: ['Database.onModuleDestroy', 'OrdersController.onApplicationShutdown'],
    });
    expect(report.totalMs).toBe(25_000);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('has red readiness in the grace period, and serves requests to its end', async () => {
    const test = await start();
    expect((await fetch(`${test.url}/health/ready`)).status).toBe(200);
    await test.enter('grace');
    const red = await fetch(`${test.url}/health/ready`);
    expect(red.status).toBe(503);
    expect(await red.json()).toMatchObject({
      error: { shutdown: { state: 'grace', remainingMs: 29_000 } },
    });
    await test.advance(4999);
    expect(test.state).toBe('grace');
    expect((await fetch(`${test.url}/health/ready`)).status).toBe(503);
    await test.advance(1);
    expect(test.state).toBe('draining');
    assertReport(await test.finish(), { result: 'clean', exitCode: 0, cut: 0, within: 10_000 });
  });

  it('lets a slow request complete while the application drains', async () => {
    const test = await start();
    const order = fetch(`${test.url}/orders/1`);
    await test.untilInFlight(1);
    await test.enter('draining');
    await test.advance(3000);
    expect(test.state).toBe('draining');
    test.app.get(Carrier).arrive();

    const answer = await order;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toEqual({ id: '1' });
    const report = await test.finish();
    assertReport(report, {
      result: 'clean',
      exitCode: 0,
      completed: 1,
      cut: 0,
      failures: [],
      hooks: ['Database.onModuleDestroy'],
    });
    expect(report.totalMs).toBe(8000);
    expect(test.app.get(OrdersController).signal).toBe('SIGTERM');
  });

  it('waits for what runs in real time, which takes no fake time', async () => {
    const test = await start();
    test.app.get(Database).onModuleDestroy = inRealTime;
    const query = outcomeOf(fetch(`${test.url}/query`));
    await test.untilInFlight();
    const report = await test.finish();
    expect(await query).toBe(200);
    assertReport(report, { result: 'clean', completed: 1, failures: [] });
    expect(report.totalMs).toBeLessThan(7000);
  });

  it('lets a handler answer in forcing if it stops at the deadline', async () => {
    const test = await start();
    const rates = outcomeOf(fetch(`${test.url}/rates`));
    await test.untilInFlight();
    await test.enter('forcing');
    expect(await rates).toBe(503);
    assertReport(await test.finish(), { result: 'forced', exitCode: 1, completed: 1, cut: 0 });
  });

  it('reports a hook that fails', async () => {
    const test = await start();
    test.app.get(Database).onModuleDestroy = () => {
      throw new Error('the pool is gone');
    };
    const report = await test.finish();
    assertReport(report, {
      result: 'failed',
      exitCode: 1,
      failures: ['Database.onModuleDestroy'],
      hooks: ['OrdersController.onApplicationShutdown'],
    });
    expect(() =>
      assertReport(report, { result: 'clean', hooks: ['Database.onModuleDestroy'] }),
    ).toThrow(/result: expected "clean", was "failed".*the pool is gone/s);
  });

  it('gives up a hook that hangs', async () => {
    const test = await start(AppModule, { patienceMs: 20 });
    test.app.get(Database).onModuleDestroy = () => new Promise<void>(() => {});
    const report = await test.finish();
    assertReport(report, {
      result: 'failed',
      exitCode: 1,
      failures: ['Database.onModuleDestroy'],
    });
    // The whole budget: what the drain has not used is the hook's.
    expect(report.totalMs).toBe(report.budget.totalMs);
  });

  it('cuts with a second signal, and ends the process at once with a third', async () => {
    const test = await start();
    const order = outcomeOf(fetch(`${test.url}/orders/1`));
    await test.untilInFlight();
    await test.signal('SIGTERM');
    await test.signal('SIGTERM');
    expect(await order).toBe('failed');
    expect(test.state).toBe('closing');
    await test.signal('SIGINT');
    assertReport(await test.finish(), { result: 'forced', exitCode: 1, cut: 1 });
  });

  it('applies the overrides of the test, the settings of main.ts, and options of its own', async () => {
    const carrier = { arrival: Promise.resolve() };
    const builder = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Carrier)
      .useValue(carrier);
    const test = await start(builder, {
      options: { gracePeriodMs: 100, closeTimeoutMs: 1000 },
      configure: (app) => void app.setGlobalPrefix('api'),
    });
    expect((await fetch(`${test.url}/api/orders/7`)).status).toBe(200);
    const { budget } = await test.finish();
    expect(budget).toMatchObject({ gracePeriodMs: 100, drainTimeoutMs: 20_000, totalMs: 21_100 });
  });
});

describe('ShutdownTest explains states that cannot be reached:', () => {
  it.each([
    ['grace', 'running', { gracePeriodMs: 0 }, /gracePeriodMs is 0/],
    ['grace', 'draining', {}, /it is 'draining': .*once, in the order running, grace/],
    ['forcing', 'running', {}, /nothing was in flight/],
    ['draining', 'closed', {}, /entered once/],
  ] as const)('%s, from %s, with %j', async (state, before, options, why) => {
    const test = await ShutdownTest.start(AppModule, { options });
    open.push(test);
    if (before !== 'running') await test.enter(before);
    const error: unknown = await test.enter(state).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_SHUTDOWN_TEST_STATE_NOT_REACHED' });
    expect(String(error)).toMatch(why);
  });

  it('grace, if the application is closed without a signal', async () => {
    const test = await ShutdownTest.start(AppModule);
    open.push(test);
    void test.app.close();
    await test.advance(0);
    await expect(test.enter('grace')).rejects.toThrow(/only a signal/);
    const report = await test.finish();
    expect(report).toMatchObject({ trigger: { kind: 'close' }, result: 'clean' });
    expect(report).not.toHaveProperty('exitCode');
  });
});

describe('ShutdownTest fails with a useful error for', () => {
  it('an application without the module', async () => {
    @Module({})
    class Empty {}
    await expect(ShutdownTest.start(Empty)).rejects.toMatchObject({
      code: 'ERR_SHUTDOWN_NOT_IMPORTED',
    });
  });

  it('a signal without a listener', async () => {
    const test = await ShutdownTest.start(AppModule);
    open.push(test);
    await expect(test.signal('SIGUSR2')).rejects.toMatchObject({
      code: 'ERR_SHUTDOWN_TEST_SIGNAL_NOT_HANDLED',
      message: expect.stringContaining('but to SIGINT, SIGTERM') as string,
    });
  });

  it('bad options', async () => {
    await expect(
      ShutdownTest.start(AppModule, { options: { gracePeriodMs: -1 } }),
    ).rejects.toMatchObject({ code: 'ERR_SHUTDOWN_INVALID_OPTIONS' });
  });

  it('the URL of an application without a server', async () => {
    const test = await ShutdownTest.startContext(AppModule);
    open.push(test);
    expect(() => test.url).toThrow(/startContext/);
  });

  it('an error of the application at the start, unchanged', async () => {
    const failing = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Database)
      .useValue({
        onModuleInit: () => {
          throw new Error('no database');
        },
      });
    await expect(ShutdownTest.start(failing)).rejects.toThrow('no database');
  });
});

it('tracked work holds the drain of an application without a server in ShutdownTest', async () => {
  const test = await ShutdownTest.startContext(AppModule);
  open.push(test);
  let done!: () => void;
  const work = new Promise<void>((resolve) => (done = resolve));
  void test.app.get(GracefulShutdownService).track(work, 'mail');
  await test.untilInFlight();
  await test.enter('draining');
  await test.advance(10_000);
  expect(test.state).toBe('draining');
  done();
  assertReport(await test.finish(), { result: 'clean', cut: 0, exitCode: 0 });
});

it('ShutdownTest spreads moments in the same way for the same seed', async () => {
  const first = await randomOf(7);
  expect(await randomOf(7)).toEqual(first);
  expect(await randomOf(8)).not.toEqual(first);
});

describe('ShutdownTest leaves nothing behind', () => {
  it.each(['running', 'grace', 'draining', 'forcing', 'closing', 'closed'] as const)(
    'in state %s with a request in flight',
    async (state) => {
      const before = { listeners: listeners(), servers: held('TCPServerWrap') };
      const test = await ShutdownTest.start(AppModule);
      expect(listeners()).toEqual(before.listeners);
      const order = outcomeOf(fetch(`${test.url}/orders/1`));
      await test.untilInFlight();
      if (state === 'closing' || state === 'closed') test.app.get(Carrier).arrive();
      if (state !== 'running') await test.enter(state);
      await test.close();
      await test.close();
      await order;
      expect(listeners()).toEqual(before.listeners);
      expect(held('TCPServerWrap')).toBe(before.servers);
      expect(process.exitCode).toBeUndefined();
      await expect(fetch(test.url)).rejects.toThrow('fetch failed');
    },
  );

  it('after a hook that hangs without a signal, which is named', async () => {
    const test = await ShutdownTest.start(AppModule, { patienceMs: 20 });
    test.app.get(Database).onModuleDestroy = () => new Promise<void>(() => {});
    await expect(test.close()).rejects.toMatchObject({
      code: 'ERR_SHUTDOWN_TEST_STUCK',
      message: expect.stringContaining('Database.onModuleDestroy') as string,
    });
  });

  it('after Symbol.asyncDispose', async () => {
    const test = await ShutdownTest.start(AppModule);
    await test[Symbol.asyncDispose]();
    expect(test.state).toBe('closed');
  });
});

function held(resource: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === resource).length;
}

/** Of the process, for all that a shutdown listens to. */
function listeners(): number[] {
  const events = ['SIGTERM', 'SIGINT', 'uncaughtException', 'exit'] as const;
  return events.map((event) => process.listenerCount(event));
}

async function randomOf(seed: number): Promise<number[]> {
  const test = await ShutdownTest.start(AppModule, { seed });
  open.push(test);
  const { random } = test.app.get<{ random: () => number }>(RESOLVED_OPTIONS);
  return [random(), random()];
}

function inRealTime(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 20));
}
