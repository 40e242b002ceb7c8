// The application that is measured: `node app.mjs <express|fastify> <with|without>`.
// Without decorators, so that it runs as it stands.
import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [, , adapterName, mode] = process.argv;

class HelloController {
  hello() {
    return { hello: 'world' };
  }

  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { slow: true };
  }
}
decorate(HelloController, 'hello', Get('hello'));
decorate(HelloController, 'slow', Get('slow'));
Controller()(HelloController);

class AppModule {}
Module({ imports: await imports(), controllers: [HelloController] })(AppModule);

const adapter = await httpAdapter();
const app = await NestFactory.create(AppModule, ...adapter, { logger: false });
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
process.on('message', (message) => {
  if (message === 'cpu') process.send({ cpu: process.cpuUsage() });
});
process.send({ port: app.getHttpServer().address().port });

async function imports() {
  if (mode === 'without') return [];
  const { GracefulShutdownModule } = await import('nestjs-drain');
  return [GracefulShutdownModule.forRoot()];
}

async function httpAdapter() {
  if (adapterName === 'express') return [];
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return [new FastifyAdapter()];
}

function decorate(target, method, decorator) {
  decorator(target.prototype, method, Object.getOwnPropertyDescriptor(target.prototype, method));
}
