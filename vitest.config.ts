import { configDefaults, defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };
const testTimeout = process.env['LONG_RUN'] === '1' ? 3_600_000 : 30_000;

/** They look at files, or run the package as it is built: under each Nest they would be the same. */
const once = 'test/{architecture,compat,live,package,readme,samples,schematics}/**/*.e2e-spec.ts';

/**
 * They know no Nest (the architecture test holds that), watch processes from outside, or repeat at
 * length what other suites ask of each Nest.
 */
const withOneNest = [
  'src/{shutdown,connections,sockets,restart,cli,report,adaptive-grace,schematics,supervisors}/**/*.spec.ts',
  'test/{adaptive-grace,balancer,hostile,kubernetes,random,rehearse,reliability,rolling}/**/*.e2e-spec.ts',
  'test/{consumers/rolling-consumers,microservices/rolling}.e2e-spec.ts',
  'test/restart/**/*.e2e-spec.ts',
  'test/{http/traffic,report/report,signals/signals}.e2e-spec.ts',
  'test/supervisors/{pm2,socket-activation,systemd-notifier}.e2e-spec.ts',
];

/** They take minutes. Begun last, they would keep one worker busy while the others have nothing to do. */
const LONG = /(systemd-booted|http\/traffic|rehearse|nest-add|restart\/worker)\.e2e-spec\.ts$/;

const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// Every other spec runs once per supported Nest major. Nest 12 is the one installed at the root,
// Nest 11 lives in the `test/nest-11` workspace and is swapped in by an alias.
function project(name: 'nest-11' | 'nest-12'): TestProjectConfiguration {
  const modules = `${import.meta.dirname}/test/nest-11/node_modules/@nestjs/$1`;
  const nest = /^@nestjs\/(?!config$)([^/]+)$/;
  return {
    resolve: { alias: name === 'nest-11' ? [{ find: nest, replacement: modules }] : [] },
    oxc,
    test: {
      name,
      env: { NEST: name },
      include: ['src/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
      exclude: [...configDefaults.exclude, once, ...(name === 'nest-11' ? withOneNest : [])],
      testTimeout,
    },
  };
}

export default defineConfig({
  test: {
    globalSetup: './test/global-setup.ts',
    // Most tests time real processes, which wait more than they work: two at a time fill two cores.
    // With more they would time each other.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      project('nest-12'),
      project('nest-11'),
      {
        oxc,
        test: {
          name: 'once',
          include: [once, 'bench/**/*.spec.mjs'],
          globalSetup: './test/build-samples.ts',
          testTimeout,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts', 'src/index.ts'],
      reporter: ['text', 'lcov'],
    },
  },
});
