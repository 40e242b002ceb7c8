import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nest11, nest12, PackedPackage, run } from './packed-package.js';

const prepareMs = 180_000;
const runMs = 120_000;

/** A user's test: one that passes, and one that the entry has to fail. */
const userTest = `
import 'reflect-metadata';

import { Controller, Get, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';
import { assertReport, ShutdownTest } from 'nestjs-drain/testing';

@Injectable()
class Orders implements OnModuleDestroy {
  deliver!: (order: string) => void;
  readonly order = new Promise<string>((resolve) => (this.deliver = resolve));
  onModuleDestroy(): void {}
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Get()
  find(): Promise<string> {
    return this.orders.order;
  }
}

@Module({
  imports: [GracefulShutdownModule.forRoot({ gracePeriodMs: 5000 })],
  controllers: [OrdersController],
  providers: [Orders],
})
class AppModule {}

let test: ShutdownTest;
beforeEach(async () => {
  test = await ShutdownTest.start(AppModule);
});
afterEach(() => test.close());

it('answers the work in flight', async () => {
  const order = fetch(test.url + '/orders');
  await test.untilInFlight();
  await test.enter('draining');
  test.app.get(Orders).deliver('tea');
  expect(await (await order).text()).toBe('tea');
  const report = await test.finish();
  assertReport(report, { result: 'clean', completed: 1, hooks: ['Orders.onModuleDestroy'] });
});

it('names the work that it cut', async () => {
  const order = fetch(test.url + '/orders').catch(() => 'cut');
  await test.untilInFlight();
  await test.enter('forcing');
  const report = await test.finish();
  expect(await order).toBe('cut');
  assertReport(report, { result: 'forced', exitCode: 1, cut: 0 });
});
`;

/** Of what `nest new` writes for CommonJS. */
const compilerOptions = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  resolvePackageJsonExports: true,
  esModuleInterop: true,
  isolatedModules: true,
  target: 'ES2023',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

/** As in docs/testing.md, "Jest". */
const tsconfigOfJest = {
  extends: './tsconfig.json',
  compilerOptions: { module: 'esnext', moduleResolution: 'bundler' },
};
const jestOfCommonJs = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.jest.json' }] },
};
const jestOfEsm = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] },
};
const jest = ['node_modules/jest/bin/jest.js', '--cacheDirectory', 'cache', '--watchman=false'];
const vmModules = { NODE_OPTIONS: '--experimental-vm-modules' };
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--globals'];

describe('nestjs-drain/testing', () => {
  let packed!: PackedPackage;

  beforeAll(async () => {
    packed = await PackedPackage.create();
  }, prepareMs);

  afterAll(() => packed.remove(), prepareMs);

  it.each([
    ['Vitest, with Nest 12', nest12, 'module', vitest, {}, {}],
    ['Jest, with Nest 12', nest12, 'module', jest, { jest: jestOfEsm }, vmModules],
    [
      'Jest, with Nest 12 in CommonJS',
      nest12,
      'commonjs',
      jest,
      { jest: jestOfCommonJs },
      vmModules,
    ],
    [
      'Jest, with Nest 11 in CommonJS',
      nest11,
      'commonjs',
      jest,
      { jest: jestOfCommonJs },
      vmModules,
    ],
    [
      'Jest, with Nest 11 in CommonJS and terminus 12',
      undefined,
      'commonjs',
      jest,
      { jest: jestOfCommonJs },
      vmModules,
    ],
  ])(
    'works in %s',
    async (name, modules, type, command, manifest, env) => {
      const tools = ['jest', 'ts-jest', 'typescript', 'vitest'];
      const folder = name.replaceAll(/\W+/g, '-');
      const app =
        modules === undefined
          ? await packed.installBesideNewestTerminus(folder, tools)
          : await packed.install(folder, modules, tools);
      writeFileSync(join(app, 'package.json'), JSON.stringify({ type, ...manifest }));
      writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      writeFileSync(join(app, 'tsconfig.jest.json'), JSON.stringify(tsconfigOfJest));
      writeFileSync(join(app, 'shutdown.spec.ts'), userTest);
      const failed = run(process.execPath, command, {
        cwd: app,
        env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      });
      const { stdout, stderr } = await failed.catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
      const told = stdout + stderr;
      expect(told).toMatch(/[✓✔] answers the work in flight/);
      expect(told).toMatch(/[✕×✗] names the work that it cut/);
      expect(told).toMatch(/The shutdown was not as expected:\s+cut: expected 0, was 1/);
      expect(told).toMatch(/Tests:? +1 failed(,| \|) 1 passed/);
    },
    runMs,
  );
});
