import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';

import { ChatGateway } from './chat.gateway.mjs';
import { OrdersRepository } from './orders.repository.mjs';
import { Readiness, ReadyController } from './ready.controller.mjs';
import { Receipts } from './receipts.mjs';
import { RequestsController } from './requests.controller.mjs';
import { StreamsController } from './streams.controller.mjs';

const certificates = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures');

/** The application that is the same for all solutions, but for what a solution adds to it. */
export async function createApp({ imports = [], nestOptions = {} }, { adapter, tls, http2 }) {
  class AppModule {}
  Module({
    imports: [EventEmitterModule.forRoot(), ...imports],
    controllers: [RequestsController, StreamsController, ReadyController],
    // Gateways know HTTP/1.1 only.
    providers: [OrdersRepository, Readiness, Receipts, ...(http2 ? [] : [ChatGateway])],
  })(AppModule);

  const options = { logger: ['error', 'warn'], ...nestOptions };
  const httpsOptions = tls ? readCertificate() : undefined;
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, fastifyAdapter(httpsOptions, http2), options)
      : await NestFactory.create(AppModule, { ...options, ...(tls ? { httpsOptions } : {}) });
  if (!http2) app.useWebSocketAdapter(new WsAdapter(app));
  return app;
}

function fastifyAdapter(https, http2 = false) {
  return new FastifyAdapter({ http2, ...(https === undefined ? {} : { https }) });
}

function readCertificate() {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(certificates, name)));
  return { key, cert };
}
