import 'reflect-metadata';

import { setTimeout as sleep } from 'node:timers/promises';

import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';

import {
  GracefulShutdownError,
  GracefulShutdownModule,
  type GracefulShutdownOptions,
  GracefulShutdownService,
} from '../../src/index.js';
import { systemClock } from '../../src/shutdown/clock.js';
import { nodeProcess } from '../../src/shutdown/node-process.js';
import { ProcessShutdown } from '../../src/shutdown/process-shutdown.js';
import { PROCESS } from '../../src/wiring/surroundings.js';

type ModuleImport = DynamicModule | Type;

/** What a test may fake of time; as Jest and sinon do, `performance` too. */
const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'setImmediate',
  'Date',
  'performance',
] as const;

const create = (module: object) =>
  NestFactory.createApplicationContext(module as never, { logger: false, abortOnError: false });

function signalListeners(): number {
  return process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
}

function heldTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

@Injectable()
class OptionsFactory {
  createGracefulShutdownOptions(): GracefulShutdownOptions {
    return { drainTimeoutMs: 1234 };
  }
}

@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

describe('forRoot', () => {
  it('stops the start with an error that names option, value and what is allowed', () => {
    const options = { drainTimeoutMs: '5s' as unknown as number };
    expect(() => GracefulShutdownModule.forRoot(options)).toThrow(
      /drainTimeoutMs is '5s', expected a whole number of milliseconds/,
    );
    expect(() => GracefulShutdownModule.forRoot(options)).toThrow(GracefulShutdownError);
  });

  it('may be imported in several modules with the same options', async () => {
    @Module({ imports: [GracefulShutdownModule.forRoot({ drainTimeoutMs: 10 })] })
    class Feature {}
    @Module({ imports: [Feature, GracefulShutdownModule.forRoot({ drainTimeoutMs: 10 })] })
    class Root {}
    const app = await create(Root);
    expect(signalListeners()).toBe(2);
    await app.close();
    expect(signalListeners()).toBe(0);
  });

  it('refuses to be imported twice with different options, and leaves nothing behind', async () => {
    @Module({ imports: [GracefulShutdownModule.forRoot({ drainTimeoutMs: 11 })] })
    class Feature {}
    @Module({ imports: [Feature, GracefulShutdownModule.forRoot({ drainTimeoutMs: 12 })] })
    class Root {}
    const error = await failureOf(create(Root));
    expect(error).toBeInstanceOf(GracefulShutdownError);
    expect(error).toMatchObject({ code: 'ERR_SHUTDOWN_IMPORTED_TWICE' });
    expect(signalListeners()).toBe(0);
  });
});

describe('the module class without forRoot()', () => {
  it('may be imported, with the defaults', async () => {
    @Injectable()
    class Mailer {
      constructor(readonly shutdown: GracefulShutdownService) {}
    }
    @Module({ providers: [Mailer] })
    class Feature {}
    @Module({ imports: [Feature, GracefulShutdownModule] })
    class Root {}
    const app = await create(Root);
    expect(signalListeners()).toBe(2);
    const { shutdown } = app.get(Mailer);
    const closing = app.close();
    expect(shutdown.remainingMs()).toBeGreaterThan(20_000);
    await closing;
    expect(signalListeners()).toBe(0);
  });
});

describe('a testing module', () => {
  const adapters = { express: () => undefined, fastify: () => new FastifyAdapter() };

  it.each(['express', 'fastify'] as const)('may be compiled twice on %s', async (name) => {
    @Controller()
    class Api {
      @Get()
      get(): string {
        return 'ok';
      }
    }
    const builder = Test.createTestingModule({
      imports: [GracefulShutdownModule.forRoot()],
      controllers: [Api],
    });
    for (let i = 0; i < 2; i++) {
      const module = await builder.compile();
      const adapter = adapters[name]();
      const app: INestApplication = adapter
        ? module.createNestApplication(adapter)
        : module.createNestApplication();
      await app.listen(0, '127.0.0.1');
      expect(await (await fetch(await app.getUrl())).text()).toBe('ok');
      await app.close();
      expect(app.get(GracefulShutdownService).report).toMatchObject({ result: 'clean' });
    }
    expect(signalListeners()).toBe(0);
  });
});

it('the module starts in a test that mocks every missing dependency', async () => {
  const module = await Test.createTestingModule({ imports: [GracefulShutdownModule] })
    .useMocker(() => ({ mocked: true }))
    .compile();
  await module.init();
  expect(module.get(GracefulShutdownService).state).toBe('running');
  await module.close();
});

it('init() without listen() holds the process no longer than Nest does', async () => {
  @Module({ imports: [GracefulShutdownModule.forRoot()] })
  class Root {}
  const before = heldTimers();
  const app = await NestFactory.create(Root, { logger: false });
  await app.init();
  expect(heldTimers()).toBeLessThanOrEqual(before);
  await app.close();
});

it.each([
  ['a worker thread', { getsSignals: false }, 'Running in a worker thread'],
  ['a runtime that is not supported', { unsupportedRuntime: 'Bun' }, 'Bun is not supported'],
])('the start warns about an unsupported runtime: %s', async (_, surroundings, text) => {
  const process = new ProcessShutdown({ ...nodeProcess, ...surroundings }, systemClock);
  const warnings: unknown[] = [];
  const logger = { log() {}, error() {}, warn: (line: unknown) => void warnings.push(line) };
  const module = await Test.createTestingModule({ imports: [GracefulShutdownModule] })
    .setLogger(logger)
    .overrideProvider(PROCESS)
    .useValue(process)
    .compile();
  await module.init();
  expect(warnings).toEqual([expect.stringContaining(text)]);
  await module.close();
});

it('app.close() ends under fake timers', async () => {
  @Module({ imports: [GracefulShutdownModule.forRoot()] })
  class Root {}
  const app = await NestFactory.create(Root, { logger: false });
  await app.listen(0, '127.0.0.1');
  // A connection that is kept alive: it is looked at again until it is quiet.
  await (await fetch(await app.getUrl())).text();
  vi.useFakeTimers({ toFake: [...FAKED] });
  try {
    await app.close();
    expect(app.get(GracefulShutdownService).report).toMatchObject({ result: 'clean' });
  } finally {
    vi.useRealTimers();
  }
});

describe('forRootAsync', () => {
  it('names the missing option', () => {
    const error = { code: 'ERR_SHUTDOWN_MISSING_OPTIONS' };
    const expected = expect.objectContaining(error) as Error;
    expect(() => GracefulShutdownModule.forRootAsync({})).toThrow(expected);
    expect(() => GracefulShutdownModule.forRootAsync({})).toThrow(
      /none of useFactory, useClass and useExisting/,
    );
  });

  it.each([
    ['useFactory', { useFactory: () => ({ drainTimeoutMs: 1234 }) }],
    ['an async useFactory', { useFactory: async () => ({ drainTimeoutMs: 1234 }) }],
    ['useClass', { useClass: OptionsFactory }],
    ['useExisting', { imports: [OptionsModule], useExisting: OptionsFactory }],
    [
      'inject',
      {
        imports: [OptionsModule],
        inject: [OptionsFactory],
        useFactory: (factory: OptionsFactory) => factory.createGracefulShutdownOptions(),
      },
    ],
  ])('takes its options from %s', async (_, options) => {
    @Module({ imports: [GracefulShutdownModule.forRootAsync(options)] })
    class Root {}
    const app = await create(Root);
    const closing = app.close();
    // It begins at the end of the tick.
    await new Promise((resolve) => setImmediate(resolve));
    // 1234 to drain and 4000 to close; less what has passed since.
    expect(app.get(GracefulShutdownService).remainingMs()).toBeGreaterThan(5000);
    expect(app.get(GracefulShutdownService).remainingMs()).toBeLessThanOrEqual(5234);
    await closing;
    expect(signalListeners()).toBe(0);
  });

  it.each([
    ['the same factory', drainsFor(1234), undefined],
    ['different factories of equal options', drainsFor(1234), drainsFor(1234)],
    ['a factory that is slower', drainsFor(1234), () => sleep(50, { drainTimeoutMs: 1234 })],
    ['forRoot() and a factory', { drainTimeoutMs: 1234 }, drainsFor(1234)],
    ['a factory and forRoot()', drainsFor(1234), { drainTimeoutMs: 1234 }],
  ])('may be imported in several modules with %s', async (_, one, other = one) => {
    const { app, created } = await startWith(imported(one), imported(other));
    expect(created()).toBe(1);
    expect(signalListeners()).toBe(2);
    await app.close();
    expect(signalListeners()).toBe(0);
  });

  it('gives its options to the class itself, imported beside it', async () => {
    const { app } = await startWith(GracefulShutdownModule, imported(drainsFor(1234)));
    const closing = app.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(app.get(GracefulShutdownService).remainingMs()).toBeLessThanOrEqual(5234);
    await closing;
    expect(signalListeners()).toBe(0);
  });

  it.each([
    ['two factories of different options', drainsFor(1234), drainsFor(1235)],
    ['one that is slower', drainsFor(1234), () => sleep(50, { drainTimeoutMs: 1235 })],
    ['forRoot() and a factory', { drainTimeoutMs: 1234 }, drainsFor(1235)],
  ])('refuses %s, and leaves nothing behind', async (_, one, other) => {
    const error = await failureOf(startWith(imported(one), imported(other)));
    expect(error).toMatchObject({ code: 'ERR_SHUTDOWN_IMPORTED_TWICE' });
    await vi.waitFor(() => expect(signalListeners()).toBe(0), 10_000);
  });

  it.each([
    ['nothing', undefined, 'ERR_SHUTDOWN_MISSING_OPTIONS', 'got undefined'],
    ['null', null, 'ERR_SHUTDOWN_MISSING_OPTIONS', 'got null'],
    ['a bad value', { idleLingerMs: -1 }, 'ERR_SHUTDOWN_INVALID_OPTIONS', 'idleLingerMs is -1'],
    [
      'values that contradict each other',
      { gracePeriodMs: 1000, minGracePeriodMs: 1001 },
      'ERR_SHUTDOWN_INVALID_OPTIONS',
      'minGracePeriodMs is 1001, expected a value from 0 to gracePeriodMs (1000)',
    ],
  ])('stops the start when the factory returns %s', async (_, result, code, text) => {
    @Module({
      imports: [GracefulShutdownModule.forRootAsync({ useFactory: () => result as never })],
    })
    class Root {}
    const error = await failureOf(create(Root));
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(text);
    expect(signalListeners()).toBe(0);
  });
});

describe('nothing is left behind', () => {
  it('after 1,000 applications: no signal listener, no timer', async () => {
    @Module({ imports: [GracefulShutdownModule.forRoot()] })
    class Root {}
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    for (let i = 0; i < 1000; i++) {
      const app = await NestFactory.create(Root, { logger: false });
      await app.listen(0, '127.0.0.1');
      await app.close();
    }
    expect(signalListeners()).toBe(0);
    expect(process.listenerCount('uncaughtException')).toBeLessThanOrEqual(1);
    const left = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(left).toBeLessThanOrEqual(timers);
  }, 60_000);

  it('except that a second close() joins the first, even when that is over', async () => {
    let destroyed = 0;
    @Module({ imports: [GracefulShutdownModule.forRoot()] })
    class Root {
      onModuleDestroy(): void {
        destroyed += 1;
      }
    }
    const app = await create(Root);
    await app.close();
    await app.close();
    expect(destroyed).toBe(1);
  });

  it('after a testing module that was compiled and closed without a start', async () => {
    const module = await Test.createTestingModule({
      imports: [GracefulShutdownModule.forRoot()],
    }).compile();
    await module.close();
    expect(signalListeners()).toBe(0);
  });
});

it('attach(app) says what to add if the module is missing', async () => {
  @Module({})
  class Empty {}
  const app = await create(Empty);
  expect(() => GracefulShutdownModule.attach(app)).toThrow(
    /add GracefulShutdownModule\.forRoot\(\)/,
  );
  await app.close();
});

type Source = GracefulShutdownOptions | (() => MaybePromise<GracefulShutdownOptions>);
type MaybePromise<T> = T | Promise<T>;

function drainsFor(drainTimeoutMs: number) {
  return (): GracefulShutdownOptions => ({ drainTimeoutMs });
}

function imported(source: Source): DynamicModule {
  return typeof source === 'function'
    ? GracefulShutdownModule.forRootAsync({ useFactory: source })
    : GracefulShutdownModule.forRoot(source);
}

/** An application that imports the module twice, and how often the service has been made in it. */
async function startWith(inFeature: ModuleImport, inRoot: ModuleImport) {
  @Module({ imports: [inFeature] })
  class Feature {}
  @Module({ imports: [Feature, inRoot] })
  class Root {}
  const app = await create(Root);
  const services = app.get<object, object[]>(GracefulShutdownService, { each: true });
  return { app, created: () => new Set(services).size };
}
