import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';

import { HealthController } from './health.controller.js';
import { QuotesController } from './quotes.controller.js';

@Module({
  imports: [
    // Longer than the balancer needs to notice a failed readiness check. Without this line it is
    // 5 s in Kubernetes and nothing elsewhere.
    GracefulShutdownModule.forRoot({ gracePeriodMs: 3000 }),
    // A readiness check that fails on purpose is no error to log.
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [HealthController, QuotesController],
})
export class AppModule {}
