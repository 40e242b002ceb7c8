import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { HealthController } from './health.controller.js';
import { OrdersController } from './orders.controller.js';

const { GRACE_PERIOD_MS, TERMINATION_LOG } = process.env;

@Module({
  imports: [
    GracefulShutdownModule.forRoot({
      // Shorter where the manifest has a preStop hook. Unset, it is 5 s in Kubernetes.
      gracePeriodMs: GRACE_PERIOD_MS === undefined ? undefined : Number(GRACE_PERIOD_MS),
      // As the manifest's terminationMessagePath. Unset, it is Kubernetes' own default.
      terminationLog: TERMINATION_LOG,
    }),
    // A readiness check that fails on purpose is no error to log.
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [HealthController, OrdersController],
})
export class AppModule {}
