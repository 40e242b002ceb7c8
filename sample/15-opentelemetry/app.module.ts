import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';
import { GracefulShutdownTelemetryModule } from 'nestjs-drain/opentelemetry';

import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    GracefulShutdownModule.forRoot({ gracePeriodMs: 1000 }),
    GracefulShutdownTelemetryModule.forRoot(),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
