import 'reflect-metadata';

import {
  Controller,
  Get,
  Injectable,
  Module,
  type OnModuleDestroy,
  Param,
  type Type,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';

import { GracefulShutdownHealthIndicator, GracefulShutdownModule } from '../../src/index.js';
import { ShutdownTest } from '../../src/testing/index.js';
import type { Plan } from './module-plan.js';

export type HttpAdapterName = 'express' | 'fastify';

/** What the run decides on: when a handler answers, and how the teardown goes. */
@Injectable()
export class Backend implements OnModuleDestroy {
  readonly answers = new Map<string, () => void>();
  isDestroyed = false;
  hookThrows = false;

  answerTo(id: string): Promise<void> {
    return new Promise((resolve) => this.answers.set(id, resolve));
  }

  onModuleDestroy(): void {
    this.isDestroyed = true;
    if (this.hookThrows) throw new Error('not today');
  }
}

@Controller()
class RandomController {
  constructor(
    private readonly backend: Backend,
    private readonly health: HealthCheckService,
    private readonly shutdown: GracefulShutdownHealthIndicator,
  ) {}

  @Get('held/:id')
  async held(@Param('id') id: string): Promise<{ id: string }> {
    await this.backend.answerTo(id);
    if (this.backend.isDestroyed) throw new Error('the backend is gone');
    return { id };
  }

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.shutdown.isHealthy()]);
  }

  @Get('live')
  live(): object {
    return {};
  }
}

/** A Nest application with fake time and real sockets. */
export async function startRandom({ adapter, options, hookThrows }: Plan): Promise<ShutdownTest> {
  const test = await ShutdownTest.start(rootModule(), {
    options,
    ...(adapter === 'fastify' && { adapter: new FastifyAdapter() }),
  });
  // What fails as planned is no news.
  test.app.useLogger(false);
  test.app.get(Backend).hookThrows = hookThrows;
  return test;
}

/** A new one each time, so that no two applications share anything. */
function rootModule(): Type {
  @Module({
    imports: [GracefulShutdownModule.forRoot(), TerminusModule.forRoot({ logger: false })],
    controllers: [RandomController],
    providers: [Backend],
  })
  class RandomModule {}
  return RandomModule;
}
