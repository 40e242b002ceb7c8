import 'reflect-metadata';

import { Injectable, Module } from '@nestjs/common';
import { NestApplicationContext, NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { GracefulShutdownModule, GracefulShutdownService } from '../../src/index.js';

@Injectable()
class Mails {
  finish: () => void = () => {};

  @OnEvent('order')
  async welcome(): Promise<void> {
    await new Promise<void>((resolve) => (this.finish = resolve));
  }
}

@Module({
  imports: [GracefulShutdownModule.forRoot(), EventEmitterModule.forRoot()],
  providers: [Mails],
})
class AppModule {}

const { prototype } = NestApplicationContext;
const seams = ['selectContextModule', 'callInitHook'].map(
  (name) => [name, Object.getOwnPropertyDescriptor(prototype, name)!] as const,
);

// As if this version of Nest had other names for what the module looks for.
beforeEach(() => {
  for (const [name, seam] of seams) {
    Object.defineProperty(prototype, name, { ...seam, writable: false });
  }
});
afterEach(() => {
  for (const [name, seam] of seams) Object.defineProperty(prototype, name, seam);
});

it('the handlers of an application that the module could not find are tracked to the end', async () => {
  const handler = () => Reflect.get(Mails.prototype, 'welcome') as unknown;
  const before = handler();
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const shutdown = app.get(GracefulShutdownService);
  app.get(EventEmitter2).emit('order');
  expect(shutdown.inFlight).toBe(1);
  expect(handler()).not.toBe(before);
  app.get(Mails).finish();
  await app.close();
  expect(shutdown.state).toBe('closed');
  expect(handler()).toBe(before);
});
