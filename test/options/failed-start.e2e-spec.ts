import 'reflect-metadata';

import { Controller, Injectable, Module, type Type } from '@nestjs/common';
import { NestApplicationContext, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { beforeEach, expect, it, vi } from 'vitest';

import { GracefulShutdownModule } from '../../src/index.js';

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
  return { signals, isPatched: init !== ofNest.init || select !== ofNest.select };
}
const nothing = { signals: 0, isPatched: false };

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

function moduleOf(metadata: object): Type {
  @Module(metadata)
  class Feature {}
  @Module({ imports: [GracefulShutdownModule.forRoot(), Feature] })
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
  'where %s, a rejected %s leaves nothing behind',
  async (_, _name, create, metadata) => {
    await expect(create(moduleOf(metadata))).rejects.toThrow(CAUSES);
    await untilNothingIsLeft();
    expect(left()).toEqual(nothing);
  },
);

it.each(unstarted)(
  'where %s, a rejected createApplicationContext leaves nothing',
  async (_, metadata) => {
    const start = NestFactory.createApplicationContext(moduleOf(metadata), quiet);
    await expect(start).rejects.toThrow(CAUSES);
    await untilNothingIsLeft();
    expect(left()).toEqual(nothing);
  },
);

it('a slow start is waited for, and nothing is given up', async () => {
  const slow = { provide: 'DB', useFactory: () => new Promise((done) => setTimeout(done, 200)) };
  const app = await NestFactory.create(moduleOf({ providers: [slow] }), quiet);
  expect(left()).toMatchObject({ signals: 2 });
  await app.close();
  await vi.waitFor(() => expect(left()).toEqual(nothing), { timeout: 5000 });
});
