// An application with tests of its own, three of which notice whether its root module imports more.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class AppModule {}
Module({ imports: [] })(AppModule);

const isAlone = () => Reflect.getMetadata('imports', AppModule).length === 0;
const app = await NestFactory.create(AppModule, { logger: false });

void test('serves', async () => {
  await app.listen(0, '127.0.0.1');
  const response = await fetch(await app.getUrl());
  assert.equal(response.status, 404);
  await app.close();
});
void test('fails in any case', () => assert.fail());
void test('is alone', () => assert.ok(isAlone()));
void test('is quick', async () => sleep(isAlone() ? 1 : 1500));
void test('ends', async () => {
  if (process.env.HANG === '1' && !isAlone()) await new Promise(() => setInterval(() => {}, 1000));
});
