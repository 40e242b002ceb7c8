import 'reflect-metadata';

import { Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { GracefulShutdownModule, GracefulShutdownService } from '../../src/index.js';
import { RawConnection } from '../support/http-client.js';

const WAIT_MS = 5000;
/** Takes every upgrade. */
const take = (_request: IncomingMessage, socket: Socket) => socket.destroy();

@Controller()
class UploadController {
  @Post('upload')
  upload(): string {
    return 'stored';
  }
}

@Module({ imports: [GracefulShutdownModule.forRoot()], controllers: [UploadController] })
class AppModule {}

interface Running {
  readonly app: INestApplication;
  readonly server: Server;
  readonly port: number;
  readonly shutdown: GracefulShutdownService;
}

const running: INestApplication[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function start(adapter: string): Promise<Running> {
  const app = await create(adapter);
  running.push(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return { app, server, port, shutdown: app.get(GracefulShutdownService) };
}

async function create(adapter: string): Promise<INestApplication> {
  const options = { logger: false, abortOnError: false } as const;
  if (adapter === 'express') return NestFactory.create(AppModule, options);
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return NestFactory.create(AppModule, new FastifyAdapter(), options);
}

async function until(what: string, happened: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!happened()) {
    if (Date.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const header = (lines: readonly string[]) => [...lines, 'Host: test', '', ''].join('\r\n');

/** Of two bytes, which are sent once the server has said so. */
function uploadHeader(expected: string): string {
  return header([
    'POST /upload HTTP/1.1',
    'Content-Length: 2',
    'Content-Type: application/json',
    `Expect: ${expected}`,
  ]);
}

describe.each(['express', 'fastify'])('on %s', (adapter) => {
  it.each([
    ['checkContinue', '100-continue'],
    ['checkExpectation', 'a-receipt'],
  ])(
    'a request that is handled by a listener of %s counts once, and is answered',
    async (event, expected) => {
      const { app, server, port, shutdown } = await start(adapter);
      let decide: (() => void) | undefined;
      server.on(event, (request: IncomingMessage, response: ServerResponse) => {
        decide = () => {
          response.writeContinue();
          server.emit('request', request, response);
        };
      });
      const client = await RawConnection.open(port);
      client.write(uploadHeader(expected));
      await until('it is in flight', () => shutdown.inFlight === 1);

      const closed = app.close();
      await turn();
      decide?.();
      expect(shutdown.inFlight).toBe(1);
      await client.until('100 Continue');
      client.write('{}');
      await client.until('stored');
      await closed;

      expect(client.received).toMatch(/HTTP\/1\.1 201 .*connection: close/is);
      expect(shutdown.inFlight).toBe(0);
      expect(shutdown.report?.result).toBe('clean');
    },
  );

  it('Node itself answers an expectation without a listener', async () => {
    const { port } = await start(adapter);
    const client = await RawConnection.open(port);
    client.write(uploadHeader('100-continue'));
    await client.until('100 Continue');
    client.write('{}');
    await client.until('stored');
    expect(client.received).toMatch(/^HTTP\/1\.1 100 Continue/);
    client.end();
  });

  it('a tunnel in use is left open while the application drains, and closed with it', async () => {
    const { app, server, port, shutdown } = await start(adapter);
    server.on('connect', (_request: IncomingMessage, socket: Socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.on('data', (chunk) => socket.write(`echo ${String(chunk)}`));
    });
    const tunnel = await RawConnection.open(port);
    tunnel.write(header(['CONNECT db.example:5432 HTTP/1.1']));
    await tunnel.until('Established');
    let release: (() => void) | undefined;
    void shutdown.track(new Promise<void>((resolve) => (release = resolve)));

    const closed = app.close();
    // Longer than a connection may be silent that has sent no request.
    await new Promise((resolve) => setTimeout(resolve, 500));
    tunnel.write('ping');
    await tunnel.until('echo ping');
    release?.();
    await closed;
    await tunnel.closed;
    expect(shutdown.report?.result).toBe('clean');
  });

  it('Node itself ends a tunnel without a listener', async () => {
    const { port } = await start(adapter);
    const tunnel = await RawConnection.open(port);
    tunnel.write(header(['CONNECT db.example:5432 HTTP/1.1']));
    await tunnel.closed;
    expect(tunnel.received).toBe('');
  });

  it('once the upgrade listener is gone, a request that offers an upgrade is answered as before', async () => {
    const { server, port } = await start(adapter);
    server.on('upgrade', take);
    server.off('upgrade', take);
    await turn();
    const client = await RawConnection.open(port);
    client.write(
      header([
        'GET /missing HTTP/1.1',
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
      ]),
    );
    await client.until('404');
    expect(server.listenerCount('upgrade')).toBe(0);
    client.end();
  });
});
