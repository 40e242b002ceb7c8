// One instance of the application of sample 01, to be shut down by SIGTERM: with what Nest brings,
// or, where its argument says so, with nestjs-drain. All else is the same.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GracefulShutdownModule, GracefulShutdownService } from 'nestjs-drain';

import { OrdersModule } from '../sample/.out/01-express/orders.module.js';
import { OrdersRepository } from '../sample/.out/01-express/orders.repository.js';

const withDrain = process.argv[2] === 'nestjs-drain';

class AppModule {}
Module({
  imports: withDrain
    ? [
        GracefulShutdownModule.forRoot({
          gracePeriodMs: 1500,
          reportFile: process.env.REPORT_FILE,
        }),
        OrdersModule,
      ]
    : [OrdersModule],
})(AppModule);

const app = await NestFactory.create(AppModule);
if (!withDrain) app.enableShutdownHooks();

// The readiness probe: can orders be read, and, if there is somebody to ask, is it not leaving?
const orders = app.get(OrdersRepository);
const shutdown = withDrain ? app.get(GracefulShutdownService) : undefined;
app.getHttpAdapter().get('/ready', async (_request, response) => {
  const isReadable = await orders.find(1).then(
    () => true,
    () => false,
  );
  const isStaying = (shutdown?.state ?? 'running') === 'running';
  response.status(isReadable && isStaying ? 200 : 503).end();
});

await app.listen(0, '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
