import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { OrdersController } from './orders.controller.js';
import { ReadyController } from './ready.controller.js';

/** HAProxy takes an instance out after 2 checks (`fall`), one every 200 ms (`inter`): 0.4 s. */
const GRACE_PERIOD_MS = 1500;

@Module({
  imports: [
    GracefulShutdownModule.forRoot({
      gracePeriodMs: Number(process.env.GRACE_PERIOD_MS ?? GRACE_PERIOD_MS),
    }),
    // A readiness check that fails on purpose is no error to log.
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [OrdersController, ReadyController],
})
export class AppModule {}
