import 'reflect-metadata';

import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { GracefulShutdownModule } from '../../src/index.js';
import { ShutdownTest } from '../../src/testing/index.js';

@Controller()
class HelloController {
  @Get()
  hello(): string {
    return 'hello';
  }
}

@Module({ imports: [GracefulShutdownModule.forRoot()], controllers: [HelloController] })
class AppModule {}

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures', name));
const httpsOptions = { key: fixture('key.pem'), cert: fixture('cert.pem') };
const options = { logger: false, abortOnError: false } as const;

const adapters = {
  fastify: () => new FastifyAdapter(),
  'fastify over HTTP/2': () => new FastifyAdapter({ http2: true }),
  'fastify over HTTP/2 with TLS': () => new FastifyAdapter({ http2: true, https: httpsOptions }),
  express: undefined,
};

function countCloses(app: INestApplication): () => number {
  let closes = 0;
  (app.getHttpServer() as Server).on('close', () => (closes += 1));
  return () => closes;
}

const turns = async () => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

let test: ShutdownTest | undefined;
afterEach(() => test?.close());

describe.each(Object.entries(adapters))('the server of %s emits close once', (_, makeAdapter) => {
  const create = (): Promise<INestApplication> =>
    makeAdapter === undefined
      ? NestFactory.create(AppModule, options)
      : NestFactory.create(AppModule, makeAdapter(), options);

  it('after close()', async () => {
    const app = await create();
    await app.listen(0, '127.0.0.1');
    const closes = countCloses(app);
    await app.close();
    await turns();
    expect(closes()).toBe(1);
  });

  it('after a signal', async () => {
    const adapter = makeAdapter?.();
    test = await ShutdownTest.start(AppModule, adapter === undefined ? {} : { adapter });
    const closes = countCloses(test.app);
    expect(await test.finish()).toMatchObject({ result: 'clean' });
    await turns();
    expect(closes()).toBe(1);
  });
});
