import type { Server } from 'node:net';

import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';

import { AppModule } from './app.module.js';

const host = process.env.HOST ?? '127.0.0.1';
const app = await NestFactory.create(AppModule);
const messages = app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.TCP,
  options: { host, port: Number(process.env.TCP_PORT ?? 3001) },
});
await app.startAllMicroservices();
await app.listen(process.env.PORT ?? 3000, host);
console.log('Messages on', messages.unwrap<Server>().address());
console.log(`Listening on ${await app.getUrl()}`);
