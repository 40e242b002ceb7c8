import {
  Controller,
  Get,
  Injectable,
  type INestApplication,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type OnModuleDestroy,
  Scope,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { DrainParticipant, GracefulShutdownModule } from '../../src/index.js';
import { ShutdownTest } from '../../src/testing/index.js';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
/** Read by Nest itself, of every provider. */
const READ_BY_NEST: ReadonlySet<PropertyKey> = new Set([
  ...HOOKS,
  'onModuleInit',
  'onApplicationBootstrap',
  'then',
]);

let open: { close(): Promise<unknown> }[] = [];
let seen: string[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  open = [];
  seen = [];
});

/** Collects warnings and errors. */
class Lines implements LoggerService {
  readonly all: string[] = [];
  log(): void {}
  debug(): void {}
  warn(message: unknown): void {
    this.all.push(String(message));
  }
  error(message: unknown): void {
    this.all.push(String(message));
  }
}

/** As those of nestjs-cls outside of a request: throws at whatever Nest itself does not do. */
function strictProxy(name: string, allowed = READ_BY_NEST): object {
  const handler = new Proxy<ProxyHandler<object>>(
    {},
    {
      get: (_, trap: keyof ProxyHandler<object>) => {
        return (_target: object, property?: PropertyKey | object): unknown => {
          const what = `${name}: ${trap} ${typeof property === 'object' ? '' : String(property)}`;
          // Of each value, when it is registered.
          if (trap === 'get' && property === 'constructor') return Object;
          if (trap === 'get' && allowed.has(property as PropertyKey)) return undefined;
          // `useValue instanceof Promise`
          if (trap === 'getPrototypeOf') return Object.prototype;
          seen.push(what);
          throw new Error(what);
        };
      },
    },
  );
  return new Proxy({}, handler);
}

class Getters {
  get options(): never {
    throw new Error('options are not ready');
  }
  get name(): never {
    throw new Error('no name');
  }
  get register(): never {
    throw new Error('not registered');
  }
  get worker(): never {
    throw new Error('no worker');
  }
  get offHttpRoutes(): never {
    throw new Error('unknown');
  }
}

@Injectable({ scope: Scope.REQUEST })
@DrainParticipant()
class ScopedParticipant implements DrainParticipant, OnModuleDestroy {
  get name(): string {
    throw new Error('a property of a request-scoped provider was read');
  }
  active(): number {
    throw new Error('a request-scoped provider was asked');
  }
  async drain(): Promise<void> {}
  onModuleDestroy(): void {
    throw new Error('a hook of a request-scoped provider was called');
  }
}

/** Users' own, of which the names alone are those of libraries. */
class SchedulerRegistry extends Getters {}
class ScheduleExplorer extends Getters {}
class BullExplorer extends Getters {}

class Base extends null {
  static create(): object {
    return Object.create(Base.prototype) as object;
  }
}

@Controller()
class Api {
  get unready(): never {
    throw new Error('a getter of a controller was called');
  }
  @Get()
  get(): string {
    return 'ok';
  }
}

const destroyed: string[] = [];

@Injectable()
class Pool implements OnModuleDestroy {
  onModuleDestroy(): void {
    destroyed.push('Pool');
  }
}

const foreign: NonNullable<ModuleMetadata['providers']> = [
  { provide: 'CLS_REQ', useValue: strictProxy('CLS_REQ') },
  { provide: 'CLS_RES', useFactory: () => strictProxy('CLS_RES') },
  { provide: 'BullQueue_orders', useValue: strictProxy('BullQueue_orders') },
  { provide: 'GETTERS', useValue: new Getters() },
  { provide: 'FROZEN', useValue: Object.freeze({ options: 1, onModuleDestroy: () => {} }) },
  { provide: 'BARE', useValue: Object.create(null) as object },
  { provide: 'BASE', useFactory: () => Base.create() },
  { provide: 'NOTHING', useValue: undefined },
  Getters,
  SchedulerRegistry,
  ScheduleExplorer,
  BullExplorer,
  ScopedParticipant,
  Pool,
];

function appModule(providers = foreign, imports = [GracefulShutdownModule.forRoot()]): Type {
  @Module({ imports, controllers: [Api], providers })
  class AppModule {}
  return AppModule;
}

async function create(root: Type, logger: LoggerService): Promise<INestApplication> {
  const app = await NestFactory.create(root, { logger, abortOnError: false });
  open.push(app);
  return app;
}

describe('an application with providers whose properties throw when read', () => {
  it('starts, serves and closes without a warning, as plain Nest does', async () => {
    const lines = new Lines();
    const app = await create(appModule(), lines);
    await app.listen(0, '127.0.0.1');
    expect(await (await fetch(await app.getUrl())).text()).toBe('ok');
    await app.close();

    expect(lines.all).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('leaves at a signal, and runs every hook', async () => {
    destroyed.length = 0;
    const lines = new Lines();
    const root = Test.createTestingModule({ imports: [appModule()] }).setLogger(lines);
    const test = await ShutdownTest.start(root);
    open.push(test);

    const report = await test.finish();

    expect(report).toMatchObject({ failures: [], result: 'clean', exitCode: 0 });
    expect(destroyed).toEqual(['Pool']);
    expect(lines.all).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('warns about a hook that throws when read, and runs the others', async () => {
    destroyed.length = 0;
    class Unready {
      get onModuleDestroy(): never {
        throw new Error('no store');
      }
      get onApplicationShutdown(): never {
        throw new Error('no store');
      }
    }
    const startOnly = new Set(['onModuleInit', 'onApplicationBootstrap', 'then']);
    const providers = [
      ...foreign,
      Unready,
      { provide: 'FROZEN_UNREADY', useValue: Object.freeze(new Unready()) },
      { provide: 'PROXY', useValue: strictProxy('PROXY', startOnly) },
    ];
    const lines = new Lines();
    const root = Test.createTestingModule({ imports: [appModule(providers)] }).setLogger(lines);
    const test = await ShutdownTest.start(root);
    open.push(test);

    const report = await test.finish();

    expect(report).toMatchObject({ failures: [], result: 'clean', exitCode: 0 });
    expect(destroyed).toEqual(['Pool']);
    expect(lines.all.toSorted()).toEqual([
      'Reading PROXY.onModuleDestroy, beforeApplicationShutdown, onApplicationShutdown throws, so it is not called: PROXY: get onApplicationShutdown',
      'Reading Unready.onModuleDestroy, onApplicationShutdown throws, so it is not called: no store',
      'Reading Unready.onModuleDestroy, onApplicationShutdown throws, so it is not called: no store',
    ]);
  });
});
