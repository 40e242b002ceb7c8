import 'reflect-metadata';

import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';

import {
  GracefulShutdownError,
  GracefulShutdownModule,
  type GracefulShutdownOptions,
  GracefulShutdownService,
} from '../../src/index.js';

const create = (module: object) =>
  NestFactory.createApplicationContext(module as never, { logger: false, abortOnError: false });

function signalListeners(): number {
  return process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
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
      /drainTimeoutMs is '5s', allowed is a whole number of milliseconds/,
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

describe('forRootAsync', () => {
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
    // 1234 to drain and 4000 to close; less what has passed since.
    expect(app.get(GracefulShutdownService).remainingMs()).toBeGreaterThan(5000);
    expect(app.get(GracefulShutdownService).remainingMs()).toBeLessThanOrEqual(5234);
    await closing;
    expect(signalListeners()).toBe(0);
  });

  it.each([
    ['nothing', undefined, 'ERR_SHUTDOWN_MISSING_OPTIONS', 'got undefined'],
    ['null', null, 'ERR_SHUTDOWN_MISSING_OPTIONS', 'got null'],
    ['a bad value', { idleLingerMs: -1 }, 'ERR_SHUTDOWN_INVALID_OPTIONS', 'idleLingerMs is -1'],
    [
      'values that contradict each other',
      { gracePeriodMs: 1000, minGracePeriodMs: 1001 },
      'ERR_SHUTDOWN_INVALID_OPTIONS',
      'minGracePeriodMs is 1001, allowed is from 0 to gracePeriodMs (1000)',
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

  it('but that a second close() joins the first, also when that is over', async () => {
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

  it('after a testing module that was compiled, never started, and closed', async () => {
    const module = await Test.createTestingModule({
      imports: [GracefulShutdownModule.forRoot()],
    }).compile();
    await module.close();
    expect(signalListeners()).toBe(0);
  });
});

it('attach(app) without the module says what to add', async () => {
  @Module({})
  class Empty {}
  const app = await create(Empty);
  expect(() => GracefulShutdownModule.attach(app)).toThrow(
    /add GracefulShutdownModule\.forRoot\(\)/,
  );
  await app.close();
});
