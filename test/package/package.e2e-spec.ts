import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import * as source from '../../src/index.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const nest12 = join(root, 'node_modules');
const nest11 = join(root, 'test', 'nest-11', 'node_modules');
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
  type GracefulShutdownOptions, type ShutdownState, type WorkUnderWay,
} from 'nestjs-drain';

@Injectable()
@DrainParticipant()
class Relay implements DrainParticipant {
  readonly name = 'relay';
  constructor(private readonly shutdown: GracefulShutdownService) {}
  active(): number {
    return this.shutdown.inFlight;
  }
  underWay(): readonly WorkUnderWay[] {
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
`;

describe('the packed package', () => {
  let temp = '';
  let packed: string[] = [];
  let tarball = '';

  beforeAll(async () => {
    temp = mkdtempSync(join(tmpdir(), 'nestjs-drain-package-'));
    // Built by the global setup: other tests run from the same folder at the same time.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', temp];
    const { stdout } = await run('npm', pack, { cwd: root });
    const [{ filename, files }] = JSON.parse(stdout) as [
      { filename: string; files: { path: string }[] },
    ];
    tarball = join(temp, filename);
    packed = files.map(({ path }) => path);
  }, prepareMs);

  afterAll(() => rmSync(temp, { recursive: true, force: true }));

  it('holds what a user needs, and nothing else', () => {
    const modules = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => `dist/${name.slice(0, -'.ts'.length)}`);
    const wanted = [
      'LICENSE',
      'README.md',
      'package.json',
      ...modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`]),
    ];
    expect(packed.toSorted()).toEqual(wanted.toSorted());
  });

  /**
   * The package as installed in an application, next to the Nest of `modules`: a folder, not a link,
   * so that it finds its peers where the application finds them, and each of them once.
   */
  async function install(name: string, modules: string): Promise<string> {
    const app = join(temp, name);
    const installed = join(app, 'node_modules');
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', tarball, '-C', installed]);
    renameSync(join(installed, 'package'), join(installed, 'nestjs-drain'));
    symlinkSync(join(modules, '@nestjs'), join(installed, '@nestjs'));
    for (const peer of ['rxjs', 'reflect-metadata', '@types']) {
      symlinkSync(join(root, 'node_modules', peer), join(installed, peer));
    }
    return app;
  }

  it.each([
    ['an ES module with Nest 12', 'main.mjs', loadByImport, nest12],
    ['a CommonJS module with Nest 12', 'main.cjs', loadByRequire, nest12],
    ['an ES module with Nest 11', 'main.mjs', loadByImport, nest11],
    ['a CommonJS module with Nest 11', 'main.cjs', loadByRequire, nest11],
  ])(
    'serves %s, without a warning',
    async (name, file, load, modules) => {
      const app = await install(name.replaceAll(' ', '-'), modules);
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
    'its types are whole for %s',
    async (name, file, modules) => {
      const app = await install(`types-of-${name.replaceAll(' ', '-')}`, modules);
      writeFileSync(join(app, file), types);
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
      expect(stdout).toBe('');
    },
    consumeMs,
  );
});
