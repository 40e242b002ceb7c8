import 'reflect-metadata';

import { Controller, Injectable, Module, type Type } from '@nestjs/common';
import { NestApplicationContext, NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { hasSubscribers } from 'node:diagnostics_channel';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { GracefulShutdownModule, type GracefulShutdownOptions } from '../../src/index.js';
import { attempt } from '../support/http-client.js';
import { freePort } from '../support/server-process.js';

const quiet = { logger: false, abortOnError: false } as const;
const prototype = NestApplicationContext.prototype as unknown as Record<string, unknown>;
const ofNest = { init: prototype['callInitHook'], select: prototype['selectContextModule'] };

/** Each begins with a process as it was. */
beforeEach(() => {
  if (JSON.stringify(left()) !== JSON.stringify(nothing)) {
    throw new Error('The test before this one has left something behind');
  }
});

/** What this package has put into the process. */
function left(): unknown {
  const { callInitHook: init, selectContextModule: select } = prototype;
  const signals = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
  const isPatched = init !== ofNest.init || select !== ofNest.select;
  return { signals, isPatched, watchesServers: hasSubscribers(SERVER_LISTENS) };
}
const SERVER_LISTENS = 'tracing:net.server.listen:asyncEnd';
const nothing = { signals: 0, isPatched: false, watchesServers: false };

@Injectable()
class Throws {
  constructor() {
    throw new Error('no database');
  }
}

@Injectable()
class Missing {}

@Controller()
class LacksController {
  constructor(readonly missing: Missing) {}
}

@Injectable()
class ThrowsAtInit {
  async onModuleInit(): Promise<void> {
    throw new Error('no database');
  }
}

@Injectable()
class ThrowsAtBootstrap {
  onApplicationBootstrap(): void {
    throw new Error('no database');
  }
}

const later = async (): Promise<never> => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  throw new Error('no database');
};

function moduleOf(metadata: object, options?: GracefulShutdownOptions): Type {
  @Module(metadata)
  class Feature {}
  @Module({ imports: [GracefulShutdownModule.forRoot(options), Feature] })
  class Root {}
  return Root;
}

const unbuilt: [string, object][] = [
  ['a provider throws', { providers: [Throws] }],
  ['a factory rejects later', { providers: [{ provide: 'DB', useFactory: later }] }],
  [
    'a factory throws at once',
    {
      providers: [
        {
          provide: 'DB',
          useFactory: () => {
            throw new Error('no database');
          },
        },
      ],
    },
  ],
  ['a controller lacks what it injects', { controllers: [LacksController] }],
];
const unstarted: [string, object][] = [
  ['onModuleInit rejects', { providers: [ThrowsAtInit] }],
  ['onApplicationBootstrap throws', { providers: [ThrowsAtBootstrap] }],
];

const ways: [string, (root: Type) => Promise<unknown>][] = [
  ['NestFactory.create', (root) => NestFactory.create(root, quiet)],
  [
    'NestFactory.create on Fastify',
    (root) => NestFactory.create(root, new FastifyAdapter(), quiet),
  ],
  ['createApplicationContext', (root) => NestFactory.createApplicationContext(root, quiet)],
  ['createMicroservice', (root) => NestFactory.createMicroservice(root, quiet)],
  [
    'Test.createTestingModule',
    (imported) => Test.createTestingModule({ imports: [imported] }).compile(),
  ],
];

const CAUSES = /no database|resolve dependencies/;

async function untilNothingIsLeft(): Promise<void> {
  // Nest goes on to build what it has begun.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await vi.waitFor(() => expect(left()).toEqual(nothing), { timeout: 5000 });
}

it.each(unbuilt.flatMap(([why, metadata]) => ways.map((way) => [why, ...way, metadata] as const)))(
  'if %s, a rejected %s leaves nothing behind',
  async (_, _name, create, metadata) => {
    await expect(create(moduleOf(metadata))).rejects.toThrow(CAUSES);
    await untilNothingIsLeft();
    expect(left()).toEqual(nothing);
  },
);

/** The ways that initialize: `create()` leaves that to `init()` and `listen()`. */
const starts: [string, (root: Type) => Promise<unknown>][] = [
  ['init()', async (root) => (await NestFactory.create(root, quiet)).init()],
  [
    'listen() on Fastify',
    async (root) => (await NestFactory.create(root, new FastifyAdapter(), quiet)).listen(0),
  ],
  ['createApplicationContext', (root) => NestFactory.createApplicationContext(root, quiet)],
  [
    'listen() of a microservice',
    async (root) => {
      const options = { ...quiet, transport: Transport.TCP, options: { port: 0 } };
      return (await NestFactory.createMicroservice(root, options)).listen();
    },
  ],
  [
    'init() of a testing module',
    async (root) => (await Test.createTestingModule({ imports: [root] }).compile()).init(),
  ],
];

it.each(
  unstarted.flatMap(([why, metadata]) => starts.map((way) => [why, ...way, metadata] as const)),
)('if %s, a rejected %s leaves nothing behind', async (_, _name, start, metadata) => {
  await expect(start(moduleOf(metadata))).rejects.toThrow(CAUSES);
  await untilNothingIsLeft();
  expect(left()).toEqual(nothing);
});

describe('a start that fails late', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'failed-start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(starts)('frees its probes, so that %s can be tried again', async (_, start) => {
    const probes = { port: await freePort(), host: '127.0.0.1', file: join(folder, 'ready') };
    const failing = moduleOf({ providers: [ThrowsAtBootstrap] }, { probes });
    for (let i = 0; i < 3; i++) await expect(start(failing)).rejects.toThrow(CAUSES);
    expect(await attempt(probes.port, '/live')).not.toHaveProperty('status');
    expect(existsSync(probes.file)).toBe(false);

    const app = await NestFactory.createApplicationContext(moduleOf({}, { probes }), quiet);
    expect(await attempt(probes.port, '/ready')).toMatchObject({ status: 200 });
    expect(existsSync(probes.file)).toBe(true);
    await app.close();
    await untilNothingIsLeft();
  });

  it('can still be closed, which runs its hooks', async () => {
    const onModuleDestroy = vi.fn<() => void>();
    const pool = { provide: 'POOL', useValue: { onModuleDestroy } };
    const app = await NestFactory.create(moduleOf({ providers: [ThrowsAtBootstrap, pool] }), quiet);
    await expect(app.init()).rejects.toThrow(CAUSES);
    await app.close();
    expect(onModuleDestroy).toHaveBeenCalledOnce();
    await untilNothingIsLeft();
  });

  it('is logged when the application is started once more', async () => {
    let attempts = 0;
    const database = {
      onModuleInit: () => {
        if (attempts++ === 0) throw new Error('no database');
      },
    };
    const warn = vi.fn<(message: string) => void>();
    const logger = { log() {}, error() {}, debug() {}, warn };
    const root = moduleOf({ providers: [{ provide: 'DB', useValue: database }] });
    const app = await NestFactory.create(root, { ...quiet, logger });
    await expect(app.init()).rejects.toThrow(CAUSES);
    await app.init();
    expect(warn.mock.calls.flat().join()).toContain('started again after its start had failed');
    await app.close();
    await untilNothingIsLeft();
  });
});

it('a slow start is waited for', async () => {
  const slow = { provide: 'DB', useFactory: () => new Promise((done) => setTimeout(done, 200)) };
  const app = await NestFactory.create(moduleOf({ providers: [slow] }), quiet);
  expect(left()).toMatchObject({ signals: 2 });
  await app.close();
  await vi.waitFor(() => expect(left()).toEqual(nothing), { timeout: 5000 });
});
