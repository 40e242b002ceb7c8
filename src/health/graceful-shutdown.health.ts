import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';

import { GracefulShutdownService } from '../graceful-shutdown.service.js';

/**
 * The readiness indicator for terminus: down from the first moment of a shutdown to its end. It
 * stays up in a graceful restart, where another worker serves.
 *
 * Use it only in the readiness check. In a liveness check, it would get the process killed while it
 * drains.
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
  constructor(private readonly shutdown: GracefulShutdownService) {}

  /**
   * Checks whether traffic may come: up while running, down from the first moment of a shutdown.
   *
   * @param key - its name in the answer
   * @defaultValue `'shutdown'`
   */
  isHealthy<Key extends string = 'shutdown'>(
    key: Key = 'shutdown' as Key,
  ): HealthIndicatorResult<Key> {
    // What `HealthIndicatorService` makes, without loading the other indicators of terminus.
    return { [key]: this.#health() } as HealthIndicatorResult<Key>;
  }

  #health(): HealthIndicatorResult[string] {
    const { state, isReady } = this.shutdown;
    if (isReady) return { status: 'up' };
    return { status: 'down', state, remainingMs: Math.round(this.shutdown.remainingMs()) };
  }
}
