import type { SourceStyle } from './source-text.js';

const SOURCE = `import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { GracefulShutdownHealthIndicator } from 'nestjs-drain';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  /** Fails from the signal on, so that the load balancer sends no more requests. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }

  /** Succeeds to the end: a process that is leaving must not be restarted. */
  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([]);
  }
}
`;

/** The readiness and liveness routes, in the format of the application. @internal */
export function healthController({ eol, quote, semicolon, indent }: SourceStyle): string {
  return SOURCE.replaceAll(/^(?: {2})+/gm, (spaces) => indent.repeat(spaces.length / 2))
    .replaceAll("'", quote)
    .replaceAll(/;$/gm, semicolon)
    .replaceAll('\n', eol);
}
