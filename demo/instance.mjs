// The application of sample 01, with the module and a readiness check.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GracefulShutdownModule, GracefulShutdownService } from 'nestjs-drain';

import { OrdersModule } from '../sample/.out/01-express/orders.module.js';

class AppModule {}
const drain = GracefulShutdownModule.forRoot({
  gracePeriodMs: 1500,
  reportFile: process.env.REPORT_FILE,
});
Module({ imports: [drain, OrdersModule] })(AppModule);

const app = await NestFactory.create(AppModule);
const shutdown = app.get(GracefulShutdownService);
app.getHttpAdapter().get('/ready', (_request, response) => {
  response.status(shutdown.state === 'running' ? 200 : 503).end();
});
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
