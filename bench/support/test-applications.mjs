// `node test-applications.mjs <express|fastify> <count>`: as many pairs of test applications, without the
// module and with it, one after the other. Tells the milliseconds of each.
import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { GracefulShutdownModule } from 'nestjs-drain';

const [, , adapter, count] = process.argv;

class HelloController {
  hello() {
    return { hello: 'world' };
  }
}
const hello = Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello');
Get('hello')(HelloController.prototype, 'hello', hello);
Controller()(HelloController);

// Once without being timed: what Nest itself compiles is no part of either.
await timed([]);
const pairs = [];
for (let i = 0; i < Number(count); i++) {
  pairs.push([await timed([]), await timed([GracefulShutdownModule.forRoot()])]);
}
process.send(pairs, () => process.exit());

async function timed(imports) {
  class AppModule {}
  Module({ imports, controllers: [HelloController] })(AppModule);
  const begin = performance.now();
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication(
    ...(adapter === 'fastify' ? [new FastifyAdapter()] : []),
    { logger: false },
  );
  await app.init();
  await app.close();
  return performance.now() - begin;
}
