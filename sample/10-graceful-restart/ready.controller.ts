import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { GracefulShutdownHealthIndicator } from 'nestjs-drain';

/** Until this is green, a new worker replaces nobody. A database would be checked here, too. */
@Controller('ready')
export class ReadyController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  ready() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }
}
