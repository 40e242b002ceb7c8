import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nest11, nest12, PackedPackage, run } from '../package/packed-package.js';
import { freePort } from '../support/server-process.js';

const { resolve } = createRequire(import.meta.url);
const nest = join(dirname(resolve('@nestjs/cli/package.json')), 'bin/nest.js');
const schematics = resolve('@angular-devkit/schematics-cli/bin/schematics.js');
const timeoutMs = 180_000;
const startMs = 30_000;

/** An application as `nest new` makes it, in whose `node_modules` the package is. */
class NewApplication {
  private constructor(readonly folder: string) {}

  static async create(packed: PackedPackage, name: string, type: string, modules: string) {
    const folder = await packed.install(name, modules, ['typescript']);
    const args = [`--name=${name}`, `--directory=${name}`, `--type=${type}`];
    await run(process.execPath, [schematics, '@nestjs/schematics:application', ...args], {
      cwd: dirname(folder),
    });
    const app = new NewApplication(folder);
    // Without those of its runner of tests, which is not installed.
    const config = app.read('tsconfig.json').replace(/"types": \[.*\]/, '"types": ["node"]');
    writeFileSync(join(folder, 'tsconfig.json'), config);
    return app;
  }

  async nest(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [nest, ...args], { cwd: this.folder });
    return stdout;
  }

  /** All files that are not installed or built, with their times: none may be written twice. */
  files(): Record<string, number> {
    const names = readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !/^(node_modules|dist)/.test(name),
    );
    return Object.fromEntries(
      names.map((name) => [name, statSync(join(this.folder, name)).mtimeMs]),
    );
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }
}

describe('nest add nestjs-drain', () => {
  let packed!: PackedPackage;

  beforeAll(async () => {
    packed = await PackedPackage.create();
  }, timeoutMs);

  afterAll(() => packed.remove(), timeoutMs);

  it.each([
    ['ES modules with Nest 12', 'esm', nest12],
    ['CommonJS with Nest 11', 'cjs', nest11],
  ])(
    'adds the module and the readiness route to a new application of %s',
    async (name, type, modules) => {
      const folder = name.replaceAll(' ', '-').toLowerCase();
      const app = await NewApplication.create(packed, folder, type, modules);
      await app.nest('add', 'nestjs-drain', '--skip-install', '--readiness');
      expect(app.read('src/app.module.ts')).toBe(moduleAfter(type === 'esm' ? '.js' : ''));
      expect(app.read('package.json')).toContain(
        `"@nestjs/platform-express": "^12.0.1",\n    "@nestjs/terminus": "^12.0.0",\n`,
      );
      const files = app.files();
      await app.nest('add', 'nestjs-drain', '--skip-install', '--readiness');
      expect(app.files()).toEqual(files);
      await app.nest('build');
      expect(await serveAndStop(app.folder)).toEqual({ ready: 200, code: 0 });
    },
    timeoutMs,
  );

  it(
    'changes the named project of a monorepo',
    async () => {
      const app = await NewApplication.create(packed, 'shop', 'cjs', nest12);
      await app.nest('generate', 'app', 'api');
      const before = app.files();
      await app.nest('add', 'nestjs-drain', '--skip-install', '--project', 'api');
      const after = app.files();
      const changed = Object.keys(after).filter((file) => after[file] !== before[file]);
      expect(changed).toEqual(['package.json', 'apps/api/src/api.module.ts']);
    },
    timeoutMs,
  );
});

/** That of `nest new`, and what was added. */
function moduleAfter(extension: string): string {
  return `import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownModule } from 'nestjs-drain';
import { AppController } from './app.controller${extension}';
import { AppService } from './app.service${extension}';
import { HealthController } from './health/health.controller${extension}';

@Module({
  imports: [GracefulShutdownModule, TerminusModule],
  controllers: [HealthController, AppController],
  providers: [AppService],
})
export class AppModule {}
`;
}

/** Starts what was built, asks for its readiness, and ends it by SIGTERM. */
async function serveAndStop(folder: string): Promise<{ ready: number; code: number | null }> {
  const port = await freePort();
  const app = spawn(process.execPath, [join(folder, 'dist/main.js')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: 'ignore',
  });
  const exited = once(app, 'exit') as Promise<[number | null]>;
  try {
    const ready = await statusOf(`http://127.0.0.1:${port}/health/ready`);
    app.kill('SIGTERM');
    const [code] = await exited;
    return { ready, code };
  } finally {
    app.kill('SIGKILL');
  }
}

/** Of the first answer. */
async function statusOf(url: string): Promise<number> {
  for (const end = Date.now() + startMs; ;) {
    const answer = await fetch(url).catch((error: unknown) => {
      if (Date.now() > end) throw error;
    });
    if (answer !== undefined) return answer.status;
    await sleep(50);
  }
}
