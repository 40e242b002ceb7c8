import { Injectable, type INestApplication, Module, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { afterEach, describe, expect, it } from 'vitest';

import {
  GracefulShutdownService as DrainService,
  GracefulShutdownModule,
  type ShutdownReport,
} from '../../src/index.js';
import { ShutdownTest } from '../../src/testing/index.js';

const HOOK = 'GracefulShutdownService.onModuleDestroy';
let isBroken = false;
let open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  isBroken = false;
  await Promise.allSettled(open.splice(0).map((one) => one.close()));
  open = [];
});

/** The application's own, of which the name alone is that of this package's, and of terminus'. */
@Injectable()
class GracefulShutdownService implements OnModuleDestroy {
  onModuleDestroy(): void {
    if (isBroken) throw new Error('the cache is gone');
  }
}

@Module({
  imports: [GracefulShutdownModule.forRoot(), TerminusModule.forRoot()],
  providers: [GracefulShutdownService],
})
class AppModule {}

function namesIn({ hooks }: ShutdownReport): string[] {
  return hooks.map(({ name }) => name);
}

describe("an application's own GracefulShutdownService, beside terminus", () => {
  it('has its hook in the report after a signal', async () => {
    const test = await ShutdownTest.start(AppModule);
    open.push(test);
    const report = await test.finish();
    expect(namesIn(report).filter((name) => name === HOOK)).toEqual([HOOK]);
    expect(report).toMatchObject({ result: 'clean', exitCode: 0, failures: [] });
  });

  it('has its error in the report after a signal', async () => {
    isBroken = true;
    const test = await ShutdownTest.start(AppModule);
    open.push(test);
    const report = await test.finish();
    expect(report).toMatchObject({ result: 'failed', exitCode: 1 });
    expect(report.failures).toEqual([
      expect.objectContaining({ where: HOOK, message: expect.stringContaining('cache') as string }),
    ]);
  });

  it.each([
    ['clean', false],
    ['failed', true],
  ])('makes a close() %s', async (result, broken) => {
    isBroken = broken;
    const app: INestApplication = await NestFactory.create(AppModule, { logger: false });
    await app.init();
    // Nest 11 rejects with the error of the hook, Nest 12 logs it.
    const error: unknown = await app.close().catch((thrown: unknown) => thrown);
    expect([undefined, 'the cache is gone']).toContain((error as Error | undefined)?.message);
    const { report } = app.get(DrainService);
    expect(report?.result).toBe(result);
    expect(namesIn(report!)).toContain(HOOK);
  });
});
