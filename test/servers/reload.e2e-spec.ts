import 'reflect-metadata';

import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';

import { GracefulShutdownModule } from '../../src/index.js';
import { keepAliveAgent, request } from '../support/http-client.js';
import { freePort } from '../support/server-process.js';

const RELOADS = 40;

@Controller()
class HelloController {
  @Get('hello')
  hello(): string {
    return 'hello';
  }
}

@Module({ imports: [GracefulShutdownModule.forRoot()], controllers: [HelloController] })
class AppModule {}

async function create(adapter: string): Promise<INestApplication> {
  const options = { logger: false, abortOnError: false } as const;
  if (adapter === 'express') return NestFactory.create(AppModule, options);
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return NestFactory.create(AppModule, new FastifyAdapter(), options);
}

it.each(['express', 'fastify'])(
  `on %s the port is free as soon as close() is called, ${RELOADS} times over (hot reload)`,
  async (adapter) => {
    const port = await freePort();
    const agent = keepAliveAgent();
    const closed: Promise<void>[] = [];
    const failures: unknown[] = [];
    let app = await create(adapter);
    await app.listen(port, '127.0.0.1');
    for (let i = 0; i < RELOADS; i++) {
      expect(await request(port, '/hello', { agent })).toMatchObject({ status: 200 });
      const next = await create(adapter);
      await next.init();
      // As in `module.hot.dispose(() => app.close())`: nobody waits for it.
      closed.push(app.close());
      app = next;
      await app.listen(port, '127.0.0.1').catch((error: Error) => failures.push(error.message));
      if (failures.length > 0) break;
    }
    closed.push(app.close());
    await Promise.all(closed);
    agent.destroy();
    expect(failures).toEqual([]);
  },
);
