import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { GracefulShutdownHealthIndicator } from 'nestjs-drain';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  /** May traffic be sent here? No more from the first instant of the shutdown. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }

  /** Should the process be killed and started anew? Not because it is leaving in good order. */
  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([]);
  }
}
