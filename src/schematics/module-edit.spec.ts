import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { addToModule, type ModuleAddition } from './module-edit.js';

const drain: ModuleAddition = {
  name: 'GracefulShutdownModule',
  from: 'nestjs-drain',
  list: 'imports',
};
const nest = "import { Module } from '@nestjs/common';\n";
const withDrain = `${nest}import { GracefulShutdownModule } from 'nestjs-drain';\n`;

function add(text: string, className?: string): string {
  return addToModule(ts, 'src/app.module.ts', text, [drain], className);
}

/** The file as it begins in each row, and after. */
const module = (metadata: string) => `@Module(${metadata})\nexport class AppModule {}\n`;

describe('the class is added if the list of imports', () => {
  it.each([
    ['is missing', '{}', '{ imports: [GracefulShutdownModule] }'],
    ['is missing, with a space', '{ }', '{ imports: [GracefulShutdownModule] }'],
    ['is missing, over lines', '{\n}', '{\n  imports: [GracefulShutdownModule],\n}'],
    [
      'is missing, beside others',
      '{ providers: [A] }',
      '{ imports: [GracefulShutdownModule], providers: [A] }',
    ],
    [
      'is missing, beside others over lines',
      '{\n  providers: [A],\n}',
      '{\n  imports: [GracefulShutdownModule],\n  providers: [A],\n}',
    ],
    ['is empty', '{ imports: [] }', '{ imports: [GracefulShutdownModule] }'],
    [
      'is empty, but for a comment',
      '{ imports: [/* none */] }',
      '{ imports: [GracefulShutdownModule,/* none */] }',
    ],
    ['is in one line', '{ imports: [A, B] }', '{ imports: [GracefulShutdownModule, A, B] }'],
    [
      'has a trailing comma',
      '{ imports: [A, B,] }',
      '{ imports: [GracefulShutdownModule, A, B,] }',
    ],
    [
      'is over lines',
      '{\n\timports: [\n\t\tA.forRoot({\n\t\t\tx: 1\n\t\t}),\n\t\tB\n\t]\n}',
      '{\n\timports: [\n\t\tGracefulShutdownModule,\n\t\tA.forRoot({\n\t\t\tx: 1\n\t\t}),\n\t\tB\n\t]\n}',
    ],
    [
      'has comments, which stay where they belong',
      '{\n  imports: [ // all of them\n    // the database\n    A,\n  ],\n}',
      '{\n  imports: [ GracefulShutdownModule, // all of them\n    // the database\n    A,\n  ],\n}',
    ],
    [
      'has a comment above the first',
      '{\n  imports: [\n    // the database\n    A,\n  ],\n}',
      '{\n  imports: [\n    GracefulShutdownModule,\n    // the database\n    A,\n  ],\n}',
    ],
    ['has a spread', '{ imports: [...ALL] }', '{ imports: [GracefulShutdownModule, ...ALL] }'],
    ['is a constant', '{ imports: ALL }', '{ imports: [GracefulShutdownModule, ...ALL] }'],
    [
      'is a choice',
      '{ imports: isTest ? [] : ALL }',
      '{ imports: [GracefulShutdownModule, ...isTest ? [] : ALL] }',
    ],
    ['is shorthand', '{ imports }', '{ imports: [GracefulShutdownModule, ...imports] }'],
    ['has a name in quotes', "{ 'imports': [A] }", "{ 'imports': [GracefulShutdownModule, A] }"],
    [
      'is typed',
      '{ imports: [A] as Imports }',
      '{ imports: [GracefulShutdownModule, A] as Imports }',
    ],
    [
      'stands before a spread',
      '{ imports: [A], ...rest }',
      '{ imports: [GracefulShutdownModule, A], ...rest }',
    ],
  ])('%s', (_, metadata, changed) => {
    expect(add(nest + module(metadata))).toBe(withDrain + module(changed));
  });
});

describe('the edited module', () => {
  it.each([
    [
      'has other decorators',
      '@Global()\n@Module({ imports: [] })\n@Tag("x") export class AppModule {}',
    ],
    ['is the default export', '@Module({ imports: [] })\nexport default class extends Base {}'],
    [
      'gets a constant',
      'const metadata = { imports: [] } satisfies ModuleMetadata;\n@Module(metadata)\nclass AppModule {}',
    ],
    ['has brackets', '@Module(({ imports: [] }))\nclass AppModule {}'],
  ])('%s', (_, text) => {
    const changed = text.replace('imports: []', 'imports: [GracefulShutdownModule]');
    expect(add(`${nest}${text}\n`)).toBe(`${withDrain}${changed}\n`);
  });

  it('is the named one of several in the file', () => {
    const text = `${nest}@Module({ imports: [] }) class A {}\n@Module({ imports: [] }) class B {}\n`;
    expect(add(text, 'B')).toContain('@Module({ imports: [GracefulShutdownModule] }) class B');
    expect(add(text, 'B')).toContain('@Module({ imports: [] }) class A');
  });

  it('may have its decorator under another name', () => {
    const renamed = "import { Module as Nest } from '@nestjs/common';\n@Nest({}) class A {}\n";
    expect(add(renamed)).toContain('@Nest({ imports: [GracefulShutdownModule] })');
    const whole = "import * as common from '@nestjs/common';\n@common.Module({}) class A {}\n";
    expect(add(whole)).toContain('@common.Module({ imports: [GracefulShutdownModule] })');
  });
});

describe('the added import statement', () => {
  const body = '@Module({}) class A {}\n';
  const line = (source: string) => add(source + body).split(/\r?\n/);

  it('comes after those of other packages and before those of the application', () => {
    const [, , third] = line(`${nest}import { X } from 'x';\nimport { B } from './b';\n`);
    expect(third).toBe("import { GracefulShutdownModule } from 'nestjs-drain';");
  });

  it('extends an existing one of the package', () => {
    const [, second] = line(`${nest}import { TrackInFlight } from 'nestjs-drain';\n`);
    expect(second).toBe("import { TrackInFlight, GracefulShutdownModule } from 'nestjs-drain';");
  });

  it('does not extend a type-only one', () => {
    const lines = line(`${nest}import type { DrainTask } from 'nestjs-drain';\n`);
    expect(lines[2]).toBe("import { GracefulShutdownModule } from 'nestjs-drain';");
  });

  it('has the format of the others: quotes, semicolons, line ends', () => {
    const source = `import { Module } from "@nestjs/common"\r\n@Module({\r\n})\r\nclass A {}\r\n`;
    expect(add(source)).toBe(
      'import { Module } from "@nestjs/common"\r\nimport { GracefulShutdownModule } from "nestjs-drain"\r\n' +
        '@Module({\r\n  imports: [GracefulShutdownModule],\r\n})\r\nclass A {}\r\n',
    );
  });

  it('keeps a comment on its line, and a licence at the top', () => {
    const [first, second, third] = line(`// MIT\n${nest.trimEnd()} // of Nest\n`);
    expect([first, second]).toEqual(['// MIT', `${nest.trimEnd()} // of Nest`]);
    expect(third).toContain('nestjs-drain');
  });

  it('is not added if the name is already imported', () => {
    const text = `${nest}import { GracefulShutdownModule as Drain } from 'nestjs-drain';\n${body}`;
    expect(add(text)).toContain('@Module({ imports: [Drain] })');
  });
});

it.each([
  ['the class', '@Module({ imports: [GracefulShutdownModule] }) class A {}'],
  ['with options', '@Module({ imports: [GracefulShutdownModule.forRoot({})] }) class A {}'],
  ['in a constant', 'const ALL = [GracefulShutdownModule];\n@Module({ imports: ALL }) class A {}'],
])('the edit does nothing if the class is already there: %s', (_, text) => {
  expect(add(withDrain + text)).toBe(withDrain + text);
});

it('the edit does nothing the second time', () => {
  const once = add(nest + module('{}'));
  expect(add(once)).toBe(once);
});

it.each([
  ['no module', `${nest}export class A {}`, 'it has no class with @Module()'],
  ['several', `${nest}@Module({}) class A {}\n@Module({}) class B {}`, 'it has several modules'],
  [
    'a call',
    `${nest}@Module(metadata()) class A {}`,
    'its @Module() does not take an object literal',
  ],
  ['nothing', `${nest}@Module() class A {}`, 'its @Module() does not take an object literal'],
  [
    'a spread',
    `${nest}@Module({ ...base }) class A {}`,
    'its imports may come from an object that',
  ],
  [
    'the package with the same class',
    `${nest}import { GracefulShutdownModule } from 'nestjs-graceful-shutdown';\n@Module({}) class A {}`,
    "it imports another GracefulShutdownModule from 'nestjs-graceful-shutdown'",
  ],
])('the edit says why it leaves a file unchanged: %s', (_, text, reason) => {
  expect(() => add(text)).toThrow(
    expect.objectContaining({
      code: 'ERR_SCHEMATIC_CANNOT_EDIT',
      message: expect.stringContaining(`src/app.module.ts was not changed, because ${reason}`),
    }),
  );
});
