import { HealthIndicatorService } from '@nestjs/terminus';

import { GracefulShutdownHealthIndicator } from './graceful-shutdown.health.js';

/** @internal */
export const HEALTH = [HealthIndicatorService, GracefulShutdownHealthIndicator];
