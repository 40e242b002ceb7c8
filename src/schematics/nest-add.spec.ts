import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Tree } from './host.js';
import { nestAdd, type NestAddOptions } from './nest-add.js';

const module =
  "import { Module } from '@nestjs/common';\n\n@Module({})\nexport class AppModule {}\n";
const main = (specifier: string, created = 'AppModule') =>
  `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from '${specifier}';\n` +
  `const app = await NestFactory.create(${created});\n`;

function run(files: Record<string, string>, options: NestAddOptions = {}) {
  const written = new Map(Object.entries(files));
  const tasks: string[] = [];
  const told: string[] = [];
  const tree: Tree = {
    exists: (path) => written.has(path),
    readText: (path) => written.get(path)!,
    create: (path, content) => void written.set(path, content),
    overwrite: (path, content) => void written.set(path, content),
  };
  nestAdd(options)(tree, {
    logger: { info: (text) => void told.push(text) },
    addTask: (task) => tasks.push(task.toConfiguration().name),
  });
  const changed = [...written].filter(([path, text]) => files[path] !== text);
  return { files: Object.fromEntries(changed), tasks, told };
}

describe('the root module that nest add changes', () => {
  it.each([
    ['that of main.ts', { 'src/main.ts': main('./core/root.js'), 'src/core/root.ts': module }],
    ['by a path from the root', { 'src/main.ts': main('src/x.module'), 'src/x.module.ts': module }],
    ['of a folder', { 'src/main.ts': main('./app'), 'src/app/index.ts': module }],
    ['a dynamic one', { 'src/main.ts': main('./a', 'AppModule.forRoot()'), 'src/a.ts': module }],
    [
      'the usual one, where main.ts only starts something else',
      { 'src/main.ts': "import './server.js';\n", 'src/app.module.ts': module },
    ],
    ['in main.ts itself', { 'src/main.ts': `${module}NestFactory.create(AppModule);\n` }],
  ])('is %s', (_, files) => {
    const [changed] = Object.values(run(files).files);
    expect(changed).toContain('@Module({ imports: [GracefulShutdownModule] })');
  });

  it('is that of the entry file in nest-cli.json, which may have comments', () => {
    const cli = '{ // of Nest\n "sourceRoot": "server", "entryFile": "start" }';
    const files = {
      'nest-cli.json': cli,
      'server/start.ts': main('./root'),
      'server/root.ts': module,
    };
    expect(Object.keys(run(files).files)).toEqual(['server/root.ts']);
  });

  it('is that of the project in a monorepo', () => {
    const projects = { api: { sourceRoot: 'apps/api/src', entryFile: 'start' } };
    const files = {
      'nest-cli.json': JSON.stringify({ sourceRoot: 'apps/web/src', projects }),
      'apps/api/src/start.ts': main('./api.module'),
      'apps/api/src/api.module.ts': module,
    };
    for (const options of [{ project: 'api' }, { sourceRoot: 'apps/api/src', project: 'api' }]) {
      expect(Object.keys(run(files, options).files)).toEqual(['apps/api/src/api.module.ts']);
    }
  });

  it('is the one given by --module', () => {
    const files = { 'src/main.ts': main('./a'), 'src/a.ts': module, 'src/b.ts': module };
    expect(Object.keys(run(files, { module: 'src/b.ts' }).files)).toEqual(['src/b.ts']);
  });

  it.each([
    [{}, {}, 'there is no src/main.ts, and no src/app.module.ts'],
    [{ 'src/main.ts': '' }, {}, 'src/main.ts does not name it, and there is no src/app.module.ts'],
    [{}, { module: 'x.ts' }, 'there is no x.ts'],
  ])('is reported as missing: %j %j', (files, options, reason) => {
    expect(() => run(files, options)).toThrow(
      expect.objectContaining({
        code: 'ERR_SCHEMATIC_NO_ROOT_MODULE',
        message: expect.stringContaining(
          `${reason}. Name its file: nest add nestjs-drain --module`,
        ),
      }),
    );
  });
});

function manifest(nest: string): string {
  return `{\n  "dependencies": {\n    "@nestjs/core": "${nest}",\n    "rxjs": "^7.0.0"\n  }\n}\n`;
}

describe('terminus, which the package needs', () => {
  const files = { 'src/app.module.ts': module, 'package.json': manifest('^12.0.1') };

  it('is added to package.json and installed', () => {
    const { files: changed, tasks } = run(files);
    expect(changed['package.json']).toBe(
      manifest('^12.0.1').replace('    "rxjs"', '    "@nestjs/terminus": "^12.0.0",\n    "rxjs"'),
    );
    expect(tasks).toEqual(['node-package']);
  });

  it('is not installed with --skip-install or if it is already there', () => {
    expect(run(files, { skipInstall: true }).tasks).toEqual([]);
    const there = manifest('^12.0.0').replace('"rxjs"', '"@nestjs/terminus"');
    expect(run({ ...files, 'package.json': there }).tasks).toEqual([]);
  });

  it.each([
    ['11.1.0', '^11.0.0'],
    ['~11.0.0', '^11.0.0'],
    ['^12.5.1', '^12.0.0'],
    ['latest', '^12.0.0'],
  ])('has the major version for Nest %s: %s', (nest, range) => {
    const { files: changed } = run({ ...files, 'package.json': manifest(nest) });
    expect(changed['package.json']).toContain(`"@nestjs/terminus": "${range}"`);
  });
});

describe('nest add with --readiness', () => {
  const files = { 'src/app.module.ts': module, 'package.json': manifest('^12.0.1') };

  it('writes the routes of the sample', () => {
    const { files: changed, told } = run(files, { readiness: true });
    expect(changed['src/app.module.ts']).toContain(
      '@Module({ controllers: [HealthController], imports: [GracefulShutdownModule, TerminusModule] })',
    );
    const sample = '../../sample/03-terminus-probes/health.controller.ts';
    expect(changed['src/health/health.controller.ts']).toBe(
      readFileSync(join(import.meta.dirname, sample), 'utf8'),
    );
    expect(told).toEqual([expect.stringContaining('GET /health/ready fails from the signal on')]);
  });

  it.each([
    ['.js', "import { A } from './a.js';\n", '{}'],
    ['.ts', "import { A } from './a.ts';\n", '{}'],
    ['', "import { A } from './a';\n", '{ "type": "module" }'],
    ['.js', '', '{ "type": "module" }'],
    ['', '', '{}'],
  ])("imports the controller with '%s' after %j", (extension, imports, json) => {
    const app = { 'src/app.module.ts': imports + module, 'package.json': json };
    expect(run(app, { readiness: true }).files['src/app.module.ts']).toContain(
      `import { HealthController } from './health/health.controller${extension}';`,
    );
  });

  it('writes the controller in the style of the module', () => {
    const app =
      'import { Module } from "@nestjs/common"\r\n\r\n@Module({\r\n\tproviders: [],\r\n})\r\nclass A {}\r\n';
    const { files: changed } = run({ 'src/app.module.ts': app }, { readiness: true });
    const written = changed['src/health/health.controller.ts']!;
    expect(written).toContain('import { Controller, Get } from "@nestjs/common"\r\n');
    expect(written).toContain('\r\n\tconstructor(\r\n\t\tprivate readonly health');
    expect(written).not.toMatch(/[^\r]\n|;\r|'| {2}/);
  });

  it('may run later, and adds nothing twice', () => {
    const first = run(files).files;
    const second = run({ ...files, ...first }, { readiness: true }).files;
    const all = { ...files, ...first, ...second };
    expect(Object.keys(second)).toEqual(['src/app.module.ts', 'src/health/health.controller.ts']);
    expect(run(all, { readiness: true })).toMatchObject({ files: {}, tasks: [] });
  });

  it('keeps an existing controller', () => {
    const own = { ...files, 'src/health/health.controller.ts': 'export class HealthController {}' };
    const { files: changed, told } = run(own, { readiness: true });
    expect(Object.keys(changed)).toEqual(['src/app.module.ts', 'package.json']);
    expect(told[0]).toContain('add GracefulShutdownHealthIndicator to its readiness check');
  });
});
