import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import * as source from '../../src/index.js';
import { nest11, nest12, PackedPackage, root, run } from './packed-package.js';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const prepareMs = 180_000;
const consumeMs = 60_000;

const loadByImport = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as drain from 'nestjs-drain';
import { createRequire } from 'node:module';
const { resolve } = createRequire(import.meta.url);
`;
const loadByRequire = `
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const drain = require('nestjs-drain');
const { resolve } = require;
`;
/** Starts an application, closes it, and says in which state its provider was torn down. */
const program = `
async function main() {
  const states = [];
  class Pool {
    onModuleDestroy() {
      states.push(app.get(drain.GracefulShutdownService).state);
    }
  }
  class AppModule {}
  Module({ imports: [drain.GracefulShutdownModule.forRoot()], providers: [Pool] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
  await app.close();
  states.push(app.get(drain.GracefulShutdownService).state);
  console.log(JSON.stringify({ names: Object.keys(drain), states, core: resolve('@nestjs/core') }));
}
void main();
`;
const types = `
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DrainParticipant, GracefulShutdownError, GracefulShutdownHealthIndicator,
  GracefulShutdownInterceptor, GracefulShutdownModule, GracefulShutdownService, TrackInFlight,
  type GracefulShutdownOptions, type ShutdownState, type DrainTask,
} from 'nestjs-drain';
import { assertReport, type ExpectedShutdown, ShutdownTest } from 'nestjs-drain/testing';

@Injectable()
@DrainParticipant()
class Relay implements DrainParticipant {
  readonly name = 'relay';
  constructor(private readonly shutdown: GracefulShutdownService) {}
  active(): number {
    return this.shutdown.inFlight;
  }
  tasks(): readonly DrainTask[] {
    return [];
  }
  @TrackInFlight()
  async drain(): Promise<void> {}
}

const options: GracefulShutdownOptions = { gracePeriodMs: 0, signals: ['SIGTERM'] };

@Module({ imports: [GracefulShutdownModule.forRoot(options)], providers: [Relay] })
class AppModule {}

export async function main(): Promise<ShutdownState> {
  const app = await NestFactory.createApplicationContext(AppModule);
  GracefulShutdownModule.attach(app);
  app.get(GracefulShutdownInterceptor);
  app.get(GracefulShutdownHealthIndicator).isHealthy('leaving');
  if (Date.now() < 0) throw new GracefulShutdownError('ERR', 'text');
  return app.get(GracefulShutdownService).state;
}

export async function test(expected: ExpectedShutdown): Promise<string> {
  const test = await ShutdownTest.start(AppModule, { seed: 2, options });
  await test.enter('draining');
  assertReport(await test.finish(), expected);
  await test[Symbol.asyncDispose]();
  return test.app.getUrl();
}
`;

const telemetryProgram = `
import { GracefulShutdownTelemetryModule } from 'nestjs-drain/opentelemetry';
console.log(typeof GracefulShutdownTelemetryModule.forRoot);
`;
const telemetryTypes = `
import { Module } from '@nestjs/common';
import { GracefulShutdownModule } from 'nestjs-drain';
import {
  GracefulShutdownTelemetryModule,
  type GracefulShutdownTelemetryOptions,
} from 'nestjs-drain/opentelemetry';

const options: GracefulShutdownTelemetryOptions = { flush: () => Promise.resolve() };

@Module({
  imports: [GracefulShutdownModule.forRoot(), GracefulShutdownTelemetryModule.forRoot(options)],
})
export class AppModule {}
`;

describe('the packed package', () => {
  let packed!: PackedPackage;

  beforeAll(async () => {
    packed = await PackedPackage.create();
  }, prepareMs);

  afterAll(() => packed.remove(), prepareMs);

  it('holds what a user needs, in few files, and nothing else', () => {
    const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { types: string; default: string }>;
      bin: Record<string, string>;
    };
    const named = [...Object.values(exports), ...Object.values(bin)]
      .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
      .map((name) => name.replace('./', ''));
    const others = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/restart/worker/preload.js'];
    const schematics = ['collection.json', 'nest-add.schema.json', 'nest-add.js'].map(
      (name) => `dist/schematics/${name}`,
    );
    expect(packed.files).toEqual(expect.arrayContaining([...named, ...others, ...schematics]));
    const data = packed.files.filter((name) => /^dist\/schematics\/.*\.json$/.test(name));
    const modules = packed.files.filter((name) => /^dist\/.*(?<!\.d)\.(js|d\.ts)$/.test(name));
    const maps = packed.files.filter((name) => name.endsWith('.js.map'));
    expect(maps).toEqual(modules.filter((name) => name.endsWith('.js')).map((js) => `${js}.map`));
    expect(packed.files).toHaveLength(others.length + data.length + modules.length + maps.length);
    expect(modules.length).toBeLessThan(30);
  });

  it('runs nothing when it is installed, and brings nothing with it', () => {
    const { scripts, dependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as { scripts: Record<string, string>; dependencies?: Record<string, string> };
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(atInstall.filter((name) => name in scripts)).toEqual([]);
    expect(dependencies).toBeUndefined();
  });

  it('has no optional peer that would install another Nest', () => {
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, object>>;
    // npm resolves a listed one to its newest version, installed or not: the peers of @nestjs/testing
    // 12 are in conflict with Nest 11. pnpm and Yarn take it from the application by the second list.
    expect(Object.keys(peerDependencies!)).not.toContain('@nestjs/testing');
    expect(peerDependenciesMeta).toHaveProperty(['@nestjs/testing'], { optional: true });
  });

  it.each([
    ['an ES module with Nest 12', 'main.mjs', loadByImport, nest12],
    ['a CommonJS module with Nest 12', 'main.cjs', loadByRequire, nest12],
    ['an ES module with Nest 11', 'main.mjs', loadByImport, nest11],
    ['a CommonJS module with Nest 11', 'main.cjs', loadByRequire, nest11],
  ])(
    'serves %s, without a warning',
    async (name, file, load, modules) => {
      const app = await packed.install(name.replaceAll(' ', '-'), modules);
      writeFileSync(join(app, file), load + program);
      const { stdout, stderr } = await run(process.execPath, [join(app, file)], {
        // Warnings are to be seen, whatever the machine that runs this test has silenced.
        env: { PATH: process.env['PATH'] },
      });
      expect(stderr).toBe('');
      const told = JSON.parse(stdout) as { names: string[]; states: string[]; core: string };
      expect(told.names.toSorted()).toEqual(Object.keys(source).toSorted());
      expect(told.states).toEqual(['closing', 'closed']);
      expect(told.core).toContain(realpathSync(join(modules, '@nestjs', 'core')));
    },
    consumeMs,
  );

  it.each([
    ['an ES module with Nest 12', 'main.mts', nest12],
    ['a CommonJS module with Nest 12', 'main.cts', nest12],
    ['a CommonJS module with Nest 11', 'main.cts', nest11],
  ])(
    'has complete types for %s',
    async (name, file, modules) => {
      const app = await packed.install(`types-of-${name.replaceAll(' ', '-')}`, modules);
      expect(await compile(app, file, types)).toBe('');
    },
    consumeMs,
  );

  it(
    'has the types of each entry with moduleResolution node10',
    async () => {
      const app = await packed.install('node10', nest12);
      const found = ['', '/opentelemetry', '/restart', '/testing'].map((entry) => {
        const { resolvedModule } = ts.resolveModuleName(
          `nestjs-drain${entry}`,
          join(app, 'main.ts'),
          { moduleResolution: ts.ModuleResolutionKind.Node10 },
          ts.sys,
        );
        return resolvedModule?.resolvedFileName.split('/dist/')[1];
      });
      const entries = ['opentelemetry/', 'restart/', 'testing/'].map(
        (entry) => `${entry}index.d.ts`,
      );
      expect(found).toEqual(['index.d.ts', ...entries]);
    },
    consumeMs,
  );

  it(
    'has an OpenTelemetry entry that needs only the API',
    async () => {
      const without = await packed.install('without-telemetry', nest12);
      const file = join(without, 'main.mjs');
      writeFileSync(file, telemetryProgram);
      await expect(run(process.execPath, [file])).rejects.toThrow("package '@opentelemetry/api'");

      const app = await packed.install('with-telemetry', nest12, ['@opentelemetry']);
      writeFileSync(join(app, 'main.mjs'), telemetryProgram);
      const { stdout } = await run(process.execPath, [join(app, 'main.mjs')]);
      expect(stdout).toBe('function\n');
      expect(await compile(app, 'types.mts', telemetryTypes)).toBe('');
    },
    consumeMs,
  );
});

/** @returns what the compiler says to that source */
async function compile(app: string, file: string, text: string): Promise<string> {
  writeFileSync(join(app, file), text);
  const compilerOptions = {
    module: 'nodenext',
    target: 'ES2023',
    lib: ['ES2023'],
    types: ['node'],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const config = join(app, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  const { stdout } = await run(process.execPath, [tsc, '-p', config]).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout;
}
