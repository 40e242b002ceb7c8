// One of the instances; `main.ts` starts and replaces them.
import type { Server } from 'node:http';

import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';

/** Longer than HAProxy keeps a connection that nobody uses. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
(app.getHttpServer() as Server).keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
