import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

import { GracefulShutdownService } from '../graceful-shutdown.service.js';

/**
 * Down from the first instant of a shutdown to its end; but not where another worker has taken over
 * (a graceful restart). For the readiness check only: a liveness
 * check with this in it gets the process killed while it drains.
 *
 * @example
 * ```ts
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly shutdown: GracefulShutdownHealthIndicator,
 *   ) {}
 *
 *   @Get('ready')
 *   @HealthCheck()
 *   ready() {
 *     return this.health.check([() => this.shutdown.isHealthy()]);
 *   }
 *
 *   @Get('live')
 *   @HealthCheck()
 *   live() {
 *     return this.health.check([]);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class GracefulShutdownHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly shutdown: GracefulShutdownService,
  ) {}

  /**
   * Up while running, down from the first moment of a shutdown. For readiness checks only, never
   * for liveness.
   *
   * @param key - its name in the answer
   * @defaultValue `'shutdown'`
   */
  isHealthy<Key extends string = 'shutdown'>(
    key: Key = 'shutdown' as Key,
  ): HealthIndicatorResult<Key> {
    const indicator = this.indicators.check(key);
    const { state, isReady } = this.shutdown;
    if (isReady) return indicator.up();
    return indicator.down({ state, remainingMs: Math.round(this.shutdown.remainingMs()) });
  }
}
