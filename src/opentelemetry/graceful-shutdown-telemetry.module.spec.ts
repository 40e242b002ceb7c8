import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';

import { GracefulShutdownModule } from '../graceful-shutdown.module.js';
import { GracefulShutdownService } from '../graceful-shutdown.service.js';
import { GracefulShutdownTelemetryModule } from './graceful-shutdown-telemetry.module.js';

const forRoot = (options: object) => () => GracefulShutdownTelemetryModule.forRoot(options);

describe('GracefulShutdownTelemetryModule', () => {
  it('says that it needs GracefulShutdownModule', async () => {
    const testing = Test.createTestingModule({
      imports: [GracefulShutdownTelemetryModule.forRoot()],
    });
    await expect(testing.compile()).rejects.toMatchObject({
      code: 'ERR_SHUTDOWN_NOT_IMPORTED',
      message: expect.stringContaining('add GracefulShutdownModule.forRoot()') as string,
    });
  });

  it('names each wrong option', () => {
    expect(forRoot({ flushTimeoutMs: -1 })).toThrow(
      'GracefulShutdownTelemetryModule has invalid options: flushTimeoutMs is -1',
    );
    expect(forRoot({ flush: true })).toThrow('a function that returns a promise');
    expect(forRoot({ deferSignalListeners: true })).toThrow('expected telemetry, all, none');
  });

  it('calls the given flush after the hooks, and reports it', async () => {
    const order: string[] = [];
    const flush = async () => void order.push('flush');
    class Pool {
      onApplicationShutdown(): void {
        order.push('pool');
      }
    }
    const module = await Test.createTestingModule({
      // Whichever comes first: the other is global.
      imports: [
        GracefulShutdownTelemetryModule.forRoot({ flush }),
        GracefulShutdownModule.forRoot(),
      ],
      providers: [Pool],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    await app.close();
    expect(order).toEqual(['pool', 'flush']);
    expect(app.get(GracefulShutdownService).report?.flush).toMatchObject({ outcome: 'completed' });
  });
});
