import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { Carrier } from './carrier.js';
import { HealthController } from './health.controller.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';

@Module({
  imports: [GracefulShutdownModule.forRoot({ gracePeriodMs: 5000 }), TerminusModule],
  controllers: [OrdersController, HealthController],
  providers: [OrdersRepository, Carrier],
})
export class AppModule {}
