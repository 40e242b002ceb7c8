import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const src = join(root, 'src');

interface Layer {
  /** The files of the layer. What it matches is their own folder, which they may import. */
  readonly files: RegExp;
  /** What else of `src` they may import. */
  readonly imports: readonly string[];
  /** Whether they may import nothing but what Node brings. */
  readonly nodeOnly?: true;
}

const layers: readonly Layer[] = [
  // Each folder lists what it provides. The lists may name whatever is injected.
  { files: /(^|\/)[a-z0-9-]+\.providers\.ts$/, imports: [''] },
  { files: /^shutdown\//, imports: [], nodeOnly: true },
  // What a browser can run as well.
  {
    files: /^cli\/picture\//,
    imports: [
      'report/shutdown-report.ts',
      'shutdown/graceful-shutdown.error.ts',
      'shutdown/outcome.ts',
      'shutdown/plain-text.ts',
    ],
    nodeOnly: true,
  },
  { files: /^adaptive-grace\//, imports: ['shutdown/', 'connections/', 'routes/'] },
  { files: /^report\//, imports: ['platforms/', 'shutdown/', 'connections/', 'routes/'] },
  {
    files: /^handlers\/deadline-signal\./,
    imports: ['shutdown/', 'graceful-shutdown.service.ts'],
  },
  { files: /^handlers\//, imports: ['shutdown/', 'routes/', 'wiring/token.ts', 'wiring/parts.ts'] },
  { files: /^sockets\//, imports: ['shutdown/'], nodeOnly: true },
  { files: /^connections\//, imports: ['shutdown/', 'routes/'] },
  { files: /^routes\//, imports: ['shutdown/plain-text.ts'] },
  // Drains them as the application itself.
  {
    files: /^participants\/other-applications\//,
    imports: ['shutdown/', 'connections/', 'routes/', 'nest/', 'participants/http'],
  },
  {
    files: /^participants\/[^/]+\//,
    imports: ['shutdown/', 'connections/', 'consumers/', 'routes/', 'handlers/', 'nest/'],
  },
  { files: /^consumers\//, imports: ['shutdown/', 'nest/'] },
  { files: /^participants\/index\.ts$/, imports: ['participants/'] },
  { files: /^nest\//, imports: ['shutdown/', 'report/'] },
  { files: /^health\//, imports: ['shutdown/', 'nest/', 'graceful-shutdown.'] },
  {
    files: /^opentelemetry\//,
    imports: [
      'shutdown/',
      'connections/',
      'report/',
      'graceful-shutdown.errors.ts',
      'options/',
      'version.ts',
      'wiring/',
    ],
  },
  // The command reads the defaults, and loads no packages for that.
  { files: /^graceful-shutdown\.errors\.ts$/, imports: ['shutdown/'], nodeOnly: true },
  {
    files: /^graceful-shutdown\.options\.ts$/,
    imports: ['handlers/handler-row.ts'],
    nodeOnly: true,
  },
  {
    files: /^options\/graceful-shutdown-options\.module\.ts$/,
    imports: ['graceful-shutdown.errors.ts', 'graceful-shutdown.options.ts', 'options/', 'wiring/'],
  },
  {
    files: /^options\//,
    imports: [
      'graceful-shutdown.errors.ts',
      'graceful-shutdown.options.ts',
      'handlers/handler-row.ts',
      'platforms/',
      'shutdown/shutdown-budget.ts',
      'wiring/token.ts',
    ],
    nodeOnly: true,
  },
  {
    files: /^graceful-shutdown\.service\.ts$/,
    imports: ['graceful-shutdown.errors.ts', 'shutdown/', 'connections/', 'handlers/', 'report/'],
  },
  // The command of the whole package.
  {
    files: /^cli\//,
    imports: [
      'shutdown/',
      'sockets/',
      // The defaults, from which it works out what a pod's manifest has to say.
      'options/resolve-options.ts',
      'restart/',
      'supervisors/',
      'platforms/',
      'version.ts',
      'report/shutdown-report.ts',
    ],
    nodeOnly: true,
  },
  { files: /^version\.ts$/, imports: [], nodeOnly: true },
  // Loaded by the Nest CLI, with the project's own compiler, and by nobody else.
  { files: /^schematics\//, imports: ['shutdown/graceful-shutdown.error.ts'] },
  { files: /^platforms\//, imports: ['shutdown/'], nodeOnly: true },
  // The primary loads neither the application nor Nest.
  {
    files: /^restart\//,
    imports: ['shutdown/', 'sockets/', 'supervisors/', 'options/option-rules.ts'],
    nodeOnly: true,
  },
  { files: /^supervisors\//, imports: ['shutdown/', 'sockets/'], nodeOnly: true },
  { files: /^wiring\/(token|provide|parts)\.ts$/, imports: ['wiring/'] },
  { files: /^wiring\/surroundings\.ts$/, imports: ['shutdown/', 'wiring/'] },
  { files: /^wiring\/kind\.ts$/, imports: ['shutdown/', 'nest/', 'wiring/'] },
  // Around a whole application, as its user is.
  {
    files: /^testing\//,
    imports: [
      'shutdown/',
      'report/',
      'wiring/surroundings.ts',
      'wiring/parts.ts',
      'options/',
      'graceful-shutdown.',
    ],
  },
  // Wires all together.
  { files: /^graceful-shutdown\.module\.ts$/, imports: [''] },
  { files: /^index\.ts$/, imports: [''] },
];

/** What Nest does not publish. Only `nest/` knows of it, so that a new Nest is one folder's work. */
const unpublished = [
  'NestApplicationContext',
  'selectContextModule',
  'callInitHook',
  'callBootstrapHook',
  'callDestroyHook',
  'callBeforeShutdownHook',
  'callShutdownHook',
  'registerRouter',
  'runShutdownSequence',
  'prepareClose',
  'appOptions',
  'shutdownCleanupRef',
  'getGlobalInterceptors',
  'getStaticTransientInstances',
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => ({ name, source: readFileSync(join(src, name), 'utf8') }));

type File = (typeof files)[number];

function importsOf({ source }: File): string[] {
  return ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);
}

/** The imported file, counted from `src`; undefined for a package. */
function ownFile(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(importer), specifier).replace(/\.js$/, '.ts');
}

const byName = new Map(files.map((file) => [file.name, file]));

/** A file and all that it imports, and so on. Types count: they tie a reader as well. */
function loadedBy(name: string, loaded = new Set<string>()): Set<string> {
  const file = byName.get(name);
  if (file === undefined || loaded.has(name)) return loaded;
  loaded.add(name);
  for (const specifier of importsOf(file)) {
    const imported = ownFile(name, specifier);
    if (imported !== undefined) loadedBy(imported, loaded);
  }
  return loaded;
}

function title({ files: own, imports, nodeOnly }: Layer): string {
  const others = imports.map((name) => name || 'all of src');
  return `${own.source} → ${[...others, nodeOnly ? 'node:' : 'packages'].join(', ')}`;
}

function isAllowed(layer: Layer, importer: string, specifier: string): boolean {
  const imported = ownFile(importer, specifier);
  if (imported === undefined) return layer.nodeOnly !== true || specifier.startsWith('node:');
  const [own = importer] = layer.files.exec(importer) ?? [];
  return [own, ...layer.imports].some((allowed) => imported.startsWith(allowed));
}

describe('imports', () => {
  it.each(layers.map((layer) => [title(layer), layer] as const))(
    'point one way: %s',
    (_, layer) => {
      const own = files.filter(({ name }) => layers.find((l) => l.files.test(name)) === layer);
      expect(own).not.toEqual([]);
      const violations = own.flatMap((file) =>
        importsOf(file)
          .filter((specifier) => !isAllowed(layer, file.name, specifier))
          .map((specifier) => `src/${file.name} imports ${specifier}`),
      );
      expect(violations).toEqual([]);
    },
  );

  it('let an application load nothing of the restart, the command or the schematics', () => {
    const loaded = [...loadedBy('index.ts')];
    expect(loaded).toContain('graceful-shutdown.module.ts');
    expect(loaded.filter((name) => /^(restart|cli|schematics)\//.test(name))).toEqual([]);
  });

  it('form no cycle', () => {
    const circles = files.filter(({ name, source }) =>
      importsOf({ name, source })
        .map((specifier) => ownFile(name, specifier))
        .some((imported) => imported !== undefined && loadedBy(imported).has(name)),
    );
    expect(circles.map(({ name }) => name)).toEqual([]);
  });

  it('have a rule for every file', () => {
    const strays = files.filter(({ name }) => !layers.some((layer) => layer.files.test(name)));
    expect(strays.map(({ name }) => `src/${name} has no row`)).toEqual([]);
  });

  it('name declared dependencies only', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      peerDependencies: Record<string, string>;
      /** With one that npm is not to resolve, because users of `nestjs-drain/testing` alone need it. */
      peerDependenciesMeta: Record<string, unknown>;
      dependencies?: Record<string, string>;
    };
    const { peerDependencies, peerDependenciesMeta, dependencies } = manifest;
    const known = Object.keys({ ...peerDependencies, ...peerDependenciesMeta, ...dependencies });
    const strangers = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !/^(\.|node:)/.test(specifier))
        // Its types only: the compiler is that of the project.
        .filter((specifier) => !(specifier === 'typescript' && file.name.startsWith('schematics/')))
        .filter((specifier) => !known.some((name) => `${specifier}/`.startsWith(`${name}/`)))
        .map((specifier) => `src/${file.name} imports ${specifier}`),
    );
    expect(strangers).toEqual([]);
  });
});

it('only src/testing needs a package that is installed for tests', () => {
  const users = files.filter((file) => importsOf(file).includes('@nestjs/testing'));
  expect(users.map(({ name }) => name.split('/')[0])).toContain('testing');
  expect(users.filter(({ name }) => !name.startsWith('testing/'))).toEqual([]);
});

it.each(unpublished)('only src/nest mentions %s', (name) => {
  const word = new RegExp(`\\b${name}\\b`);
  const others = files.filter((file) => !file.name.startsWith('nest/') && word.test(file.source));
  expect(others.map((file) => `src/${file.name} mentions ${name}`)).toEqual([]);
});

it('index.ts lists every public name, one by one', () => {
  const index = files.find(({ name }) => name === 'index.ts')?.source ?? '';
  const { statements } = ts.createSourceFile('index.ts', index, ts.ScriptTarget.Latest);
  const others = statements.filter(
    (statement) =>
      !ts.isExportDeclaration(statement) ||
      statement.exportClause === undefined ||
      !ts.isNamedExports(statement.exportClause),
  );
  expect(others.map(({ pos, end }) => index.slice(pos, end).trim())).toEqual([]);
  expect(statements.length).toBeGreaterThan(0);
});
