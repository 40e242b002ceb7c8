import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nest12, PackedPackage, root, run } from './packed-package.js';

const prepareMs = 180_000;
const runMs = 60_000;

const SERVICE = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GracefulShutdownModule } from 'nestjs-drain';
import { Session } from 'node:inspector';

class AppModule {}
Module({ imports: [GracefulShutdownModule.forRoot({ gracePeriodMs: 0 })] })(AppModule);
const app = await NestFactory.create(AppModule, { abortOnError: false });
await app.listen(0, '127.0.0.1');

const loaded = [];
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params }) => loaded.push(params.url));
session.post('Debugger.enable');
session.disconnect();
process.send({ url: await app.getUrl(), loaded });
process.disconnect();
`;

describe('the published files', () => {
  let packed!: PackedPackage;
  let app!: string;

  beforeAll(async () => {
    packed = await PackedPackage.create();
    app = await packed.install('application', nest12, ['@opentelemetry']);
  }, prepareMs);

  afterAll(() => packed.remove(), prepareMs);

  it(
    'have each class once, whatever entry it comes from, under its name in the source',
    async () => {
      const { stdout, stderr } = await runModule(`
        import 'reflect-metadata';
        import * as drain from 'nestjs-drain';
        import * as restart from 'nestjs-drain/restart';
        import * as telemetry from 'nestjs-drain/opentelemetry';
        import * as testing from 'nestjs-drain/testing';
        import { Module } from '@nestjs/common';
        const entries = [drain, restart, telemetry, testing];
        const renamed = entries.flatMap((entry) =>
          Object.entries(entry).filter(([name, value]) => value.name !== name).map(([name]) => name));
        class AppModule {}
        Module({
          imports: [
            drain.GracefulShutdownModule.forRoot(),
            telemetry.GracefulShutdownTelemetryModule.forRoot(),
          ],
        })(AppModule);
        const test = await testing.ShutdownTest.start(AppModule);
        const { state } = test.app.get(drain.GracefulShutdownService);
        await test.close();
        const errors = new Set(entries.map((entry) => entry.GracefulShutdownError)).size;
        console.log(JSON.stringify({ renamed, state, errors }));
      `);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({
        renamed: [],
        state: 'running',
        errors: 1,
      });
    },
    runMs,
  );

  it('rename no class: Nest and stack traces name them', () => {
    const renamed = packed.files
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => readFileSync(join(root, name), 'utf8').match(/\bclass \w+\$\d+/g) ?? []);
    expect(renamed).toEqual([]);
  });

  describe('in a stack trace', () => {
    const source = 'import { GracefulShutdownModule } from "nestjs-drain";';
    const wrong = `${source} GracefulShutdownModule.forRoot({ gracePeriodMs: -1 });`;

    it('are the files and lines of src, with --enable-source-maps', async () => {
      const { stderr } = await runModule(wrong, ['--enable-source-maps']);
      expect(namedLineOfSource(stderr)).toContain('resolveOptions(options);');
    });

    it('become the files and lines of src, by the script for maintainers', async () => {
      const { stderr } = await runModule(wrong);
      expect(stderr).toContain('dist/chunks/');
      const script = spawn(process.execPath, [
        join(root, '.ci', 'release', 'trace.mjs'),
        join(app, 'node_modules', 'nestjs-drain'),
      ]);
      script.stdin.end(stderr);
      const read = await text(script.stdout);
      expect(namedLineOfSource(read)).toContain('resolveOptions(options);');
    });
  });

  it(
    'are all loaded once the application runs, so that a deploy may replace them',
    async () => {
      const own = await packed.install('replaced', nest12);
      writeFileSync(join(own, 'main.mjs'), SERVICE);
      const child = spawn(process.execPath, ['main.mjs'], {
        cwd: own,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      });
      const log = text(child.stdout!);
      const exited = once(child, 'exit');
      const [{ url, loaded }] = (await once(child, 'message')) as [
        { url: string; loaded: string[] },
      ];
      expect((await fetch(url)).status).toBe(404);
      const ours = loaded.filter((name) => name.includes('/nestjs-drain/dist/'));
      expect(ours.length).toBeGreaterThan(0);
      expect(ours.filter((name) => /\/(cli|testing|opentelemetry|restart)\//.test(name))).toEqual(
        [],
      );
      // Its indicators took longer to load than the rest, and the application uses none.
      expect(loaded.filter((name) => name.includes('/@nestjs/terminus/'))).toEqual([]);
      rmSync(join(own, 'node_modules'), { recursive: true });
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      const [, json] = /Shutdown report: (\{.*\})/.exec(await log) ?? [];
      expect(JSON.parse(json!)).toMatchObject({ version: 2, result: 'clean', exitCode: 0 });
    },
    runMs,
  );

  async function runModule(
    code: string,
    flags: readonly string[] = [],
  ): Promise<{ stdout: string; stderr: string }> {
    writeFileSync(join(app, 'main.mjs'), code);
    return run(process.execPath, [...flags, 'main.mjs'], {
      cwd: app,
      env: { PATH: process.env['PATH'] },
    }).catch((error: unknown) => error as { stdout: string; stderr: string });
  }
});

/** @returns the line of the module's source that a trace names */
function namedLineOfSource(trace: string): string | undefined {
  const [, line] = /src\/graceful-shutdown\.module\.ts:(\d+):\d+/.exec(trace) ?? [];
  const source = readFileSync(join(root, 'src', 'graceful-shutdown.module.ts'), 'utf8');
  return source.split('\n')[Number(line) - 1];
}
