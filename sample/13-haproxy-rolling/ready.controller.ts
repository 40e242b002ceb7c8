import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { GracefulShutdownHealthIndicator } from 'nestjs-drain';

@Controller('ready')
export class ReadyController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  /** What HAProxy asks: 200, and 503 from the first instant of the shutdown. */
  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }
}
