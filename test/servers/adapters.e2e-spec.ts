import 'reflect-metadata';

import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type OnModuleDestroy,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readFileSync } from 'node:fs';
import http, { type RequestListener, type Server } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';

import { GracefulShutdownModule, GracefulShutdownService } from '../../src/index.js';
import { keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { Http2Client } from '../support/http2-client.js';
import { PlainAdapter } from '../support/plain-adapter.js';

const files = join(import.meta.dirname, '..', 'fixtures');
const tlsOptions = {
  key: readFileSync(join(files, 'key.pem')),
  cert: readFileSync(join(files, 'cert.pem')),
};
const WAIT_MS = 5000;
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Answers when the test says so; its pool is gone with `onModuleDestroy`. */
@Controller()
class SlowController implements OnModuleDestroy {
  isOpen = true;
  answer = () => {};

  @Get('hello')
  hello(): string {
    return 'hello';
  }

  @Get('slow')
  async slow(): Promise<string> {
    await new Promise<void>((resolve) => (this.answer = resolve));
    return this.isOpen ? 'pool' : 'no pool';
  }

  onModuleDestroy(): void {
    this.isOpen = false;
  }
}

@Module({ imports: [GracefulShutdownModule.forRoot()], controllers: [SlowController] })
class AppModule {}

async function create(
  createServer: (listener: RequestListener) => Server,
): Promise<{ app: INestApplication; port: number }> {
  const app = await NestFactory.create(AppModule, new PlainAdapter(createServer), {
    logger: false,
    abortOnError: false,
  });
  ends.push(() => void app.close());
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as AddressInfo).port };
}

async function untilInFlight(app: INestApplication): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (app.get(GracefulShutdownService).inFlight === 0) {
    if (Date.now() > end) throw new Error('nothing in flight');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it.each<[string, (listener: RequestListener) => Server, boolean]>([
  ['node:http', (listener) => http.createServer(listener), false],
  ['node:https', (listener) => https.createServer(tlsOptions, listener), true],
])('an unknown adapter drains over %s', async (_name, createServer, tls) => {
  const { app, port } = await create(createServer);
  const agent = keepAliveAgent(tls);
  const idle = keepAliveAgent(tls);
  ends.push(() => [agent, idle].forEach((one) => one.destroy()));
  await request(port, '/hello', { tls, agent: idle });
  const silent = await RawConnection.open(port);
  const slow = request(port, '/slow', { tls, agent });
  await untilInFlight(app);

  const closed = app.close();
  await turn();
  app.get(SlowController).answer();

  expect(await slow).toMatchObject({ status: 200, body: 'pool', connection: 'close' });
  await closed;
  await silent.closed;
  expect(app.get(GracefulShutdownService).report).toMatchObject({ result: 'clean' });
});

it('an unknown adapter drains over node:http2', async () => {
  const { app, port } = await create(
    (listener) => http2.createServer(listener as never) as unknown as Server,
  );
  const client = await Http2Client.open(port);
  ends.push(() => client.destroy());
  const slow = client.request('/slow');
  await untilInFlight(app);

  const closed = app.close();
  app.get(SlowController).answer();

  expect(await slow).toMatchObject({ status: 200, body: 'pool', complete: true });
  await closed;
  await client.closed;
  expect(client.goaways.length).toBeGreaterThan(0);
});
