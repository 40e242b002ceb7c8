import type { ConfigService } from '@nestjs/config';
import type { GracefulShutdownOptions } from 'nestjs-drain';

/**
 * Turns text into numbers; what is unset keeps its default. Checks nothing: `abc` is `NaN` as a
 * number, and the module refuses that by name.
 */
export function shutdownOptions(config: ConfigService): GracefulShutdownOptions {
  const ms = (name: string) => {
    const text = config.get<string>(name);
    return text ? Number(text) : undefined;
  };
  return {
    gracePeriodMs: ms('GRACE_PERIOD_MS'),
    drainTimeoutMs: ms('DRAIN_TIMEOUT_MS'),
    closeTimeoutMs: ms('CLOSE_TIMEOUT_MS'),
  };
}
