import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

// Every spec runs once per supported Nest major. Nest 12 is the one installed at the root,
// Nest 11 lives in the `test/nest-11` workspace and is swapped in by an alias.
function project(name: 'nest-11' | 'nest-12'): TestProjectConfiguration {
  const modules = `${import.meta.dirname}/test/nest-11/node_modules/@nestjs/$1`;
  const nest = /^@nestjs\/(?!config$)([^/]+)$/;
  return {
    resolve: { alias: name === 'nest-11' ? [{ find: nest, replacement: modules }] : [] },
    oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
    test: {
      name,
      env: { NEST: name },
      include: ['src/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
      testTimeout: 30_000,
    },
  };
}

export default defineConfig({
  test: {
    globalSetup: './test/global-setup.ts',
    // Most tests time real processes; on a small machine they would time each other.
    fileParallelism: false,
    projects: [project('nest-12'), project('nest-11')],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts', 'src/index.ts'],
      reporter: ['text', 'lcov'],
    },
  },
});
