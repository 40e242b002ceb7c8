// A worker: the application, and the probe that tells the stage manager what happens in it.
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';

import { budget } from '../budget.mjs';
import { AppModule } from './app.module.mjs';
import { tellManager } from './manager-link.mjs';
import { watchShutdown } from './probe.mjs';

/** Long enough to see idle connections; a graceful restart leaves them until then. */
const KEEP_ALIVE_MS = 9000;

watchShutdown(tellManager);
tellManager({ type: 'worker', budget });

const app = await NestFactory.create(AppModule);
app.useWebSocketAdapter(new WsAdapter(app));
app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
await app.listen(process.env.PORT ?? 0, '127.0.0.1');
const url = await app.getUrl();
console.log(`Listening on ${url}`);
tellManager({ type: 'listening', url });
