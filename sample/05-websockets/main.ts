import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';

import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(process.env.PORT ?? 3000, process.env.HOST ?? '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
