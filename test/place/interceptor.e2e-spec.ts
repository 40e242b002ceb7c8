import 'reflect-metadata';

import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';

import {
  GracefulShutdownInterceptor,
  GracefulShutdownModule,
  GracefulShutdownService,
} from '../../src/index.js';

class Api {
  @Get()
  get(): string {
    return 'ok';
  }
}

@UseInterceptors(GracefulShutdownInterceptor)
@Controller()
class Intercepted extends Api {}

@Controller()
class Plain extends Api {}

@Module({ controllers: [Intercepted] })
class OnController {}

@Module({
  controllers: [Plain],
  providers: [{ provide: APP_INTERCEPTOR, useClass: GracefulShutdownInterceptor }],
})
class OfTheApplication {}

@Module({
  controllers: [Plain],
  providers: [{ provide: APP_INTERCEPTOR, useExisting: GracefulShutdownInterceptor }],
})
class TheModulesOwn {}

const bindings: [string, Type][] = [
  ['on a controller', OnController],
  ['as an APP_INTERCEPTOR of the application', OfTheApplication],
  ['as an APP_INTERCEPTOR that is the one of the module', TheModulesOwn],
];

const creators: [string, (root: Type) => Promise<INestApplication>][] = [
  ['Express', (root) => NestFactory.create(root, { logger: false, abortOnError: false })],
  [
    'Fastify',
    (root) =>
      NestFactory.create(root, new FastifyAdapter(), { logger: false, abortOnError: false }),
  ],
];

describe.each(creators)('on %s', (_, create) => {
  it.each(bindings)(
    'GracefulShutdownInterceptor may be bound in any module, %s',
    async (_binding, Feature) => {
      @Module({ imports: [Feature, GracefulShutdownModule.forRoot()] })
      class Root {}
      const app = await create(Root);
      await app.listen(0, '127.0.0.1');
      const response = await fetch(await app.getUrl());
      expect(await response.text()).toBe('ok');
      await app.close();
      expect(app.get(GracefulShutdownService).report).toMatchObject({ result: 'clean' });
    },
  );
});
