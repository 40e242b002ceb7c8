import { posix } from 'node:path';

import { healthController } from './health-controller.js';
import type { SchematicContext, Tree } from './host.js';
import { addDependency, type Manifest } from './manifest-edit.js';
import { addToModule, type ModuleAddition } from './module-edit.js';
import { type Application, findRootModule, type RootModule } from './root-module.js';
import { noRootModule } from './schematics.errors.js';
import { parse, styleOf } from './source-text.js';
import { projectTypeScript, type TypeScript } from './typescript.js';

/** The options of `nest-add.schema.json`. @internal */
export interface NestAddOptions {
  readonly sourceRoot?: string;
  readonly project?: string;
  readonly module?: string;
  readonly readiness?: boolean;
  readonly skipInstall?: boolean;
}

const MODULE: ModuleAddition = {
  name: 'GracefulShutdownModule',
  from: 'nestjs-drain',
  list: 'imports',
};
const TERMINUS: ModuleAddition = {
  name: 'TerminusModule',
  from: '@nestjs/terminus',
  list: 'imports',
};
const INDICATOR = 'GracefulShutdownHealthIndicator';
const MANIFEST = 'package.json';
const CLI = 'nest-cli.json';

/** The schematic that `nest add nestjs-drain` runs once the package is installed. @internal */
export function nestAdd(options: NestAddOptions) {
  return (tree: Tree, context: SchematicContext): Tree => {
    const compiler = projectTypeScript(process.cwd());
    const { file, className } = rootModule(compiler, tree, options);
    const text = tree.readText(file);
    const health = posix.join(posix.dirname(file), 'health', 'health.controller.ts');
    const isNew = options.readiness === true && !tree.exists(health);
    // Each is inserted at the front, so the last one ends up first.
    const additions = isNew ? [TERMINUS, controllerIn(tree, text), MODULE] : [MODULE];
    const changed = addToModule(compiler, file, text, additions, className);
    if (changed !== text) tree.overwrite(file, changed);
    if (isNew) {
      tree.create(health, healthController(styleOf(compiler, parse(compiler, file, text))));
    }
    const isAdded = requireTerminus(compiler, tree);
    if (isAdded && options.skipInstall !== true) context.addTask(INSTALL_TASK);
    const isThere = tree.exists(health) && tree.readText(health).includes(INDICATOR);
    for (const hint of hintsFor(options, health, isThere)) context.logger.info(hint);
    return tree;
  };
}

function hintsFor({ readiness }: NestAddOptions, health: string, isThere: boolean): string[] {
  if (isThere) return ['GET /health/ready fails from the signal on; GET /health/live stays green.'];
  if (readiness === true)
    return [`${health} exists and was not changed: add ${INDICATOR} to its readiness check.`];
  return ['A load balancer needs a readiness route: nest add nestjs-drain --readiness adds one.'];
}

/** The same as `NodePackageInstallTask` of `@angular-devkit/schematics`. */
const INSTALL_TASK = {
  toConfiguration: () => ({
    name: 'node-package',
    options: { command: 'install', quiet: true, hideOutput: true, allowScripts: false },
  }),
};

function rootModule(compiler: TypeScript, tree: Tree, options: NestAddOptions): RootModule {
  const { sourceRoot, entryFile } = applicationOf(compiler, tree, options);
  if (options.module === undefined)
    return findRootModule(compiler, tree, { sourceRoot, entryFile });
  if (!tree.exists(options.module)) {
    throw noRootModule(sourceRoot, `there is no ${options.module}`);
  }
  return { file: options.module };
}

/** Reads nest-cli.json, because the CLI passes on `sourceRoot` only. */
function applicationOf(compiler: TypeScript, tree: Tree, options: NestAddOptions): Application {
  const cli = cliConfiguration(compiler, tree);
  const projects = Object.entries(cli.projects ?? {});
  const sourceRoot =
    options.sourceRoot ??
    (options.project === undefined ? undefined : cli.projects?.[options.project]?.sourceRoot) ??
    cli.sourceRoot ??
    'src';
  const [, project] = projects.find(([, one]) => one.sourceRoot === sourceRoot) ?? [];
  return { sourceRoot, entryFile: project?.entryFile ?? cli.entryFile ?? 'main' };
}

/** The file may have comments. */
function cliConfiguration(compiler: TypeScript, tree: Tree): CliConfiguration {
  if (!tree.exists(CLI)) return {};
  const { config } = compiler.parseConfigFileTextToJson(CLI, tree.readText(CLI));
  return (config ?? {}) as CliConfiguration;
}

interface CliConfiguration {
  readonly sourceRoot?: string;
  readonly entryFile?: string;
  readonly projects?: Readonly<Record<string, { sourceRoot?: string; entryFile?: string }>>;
}

function controllerIn(tree: Tree, text: string): ModuleAddition {
  const from = `./health/health.controller${extensionOf(tree, text)}`;
  return { name: 'HealthController', from, list: 'controllers' };
}

/** The extension in the application's relative imports. */
function extensionOf(tree: Tree, text: string): string {
  const [, specifier] = /from\s+['"](\.{1,2}\/[^'"]+)['"]/.exec(text) ?? [];
  if (specifier !== undefined) return /\.[jt]s$/.exec(specifier)?.[0] ?? '';
  return manifestOf(tree).type === 'module' ? '.js' : '';
}

function manifestOf(tree: Tree): Manifest {
  return tree.exists(MANIFEST) ? (JSON.parse(tree.readText(MANIFEST)) as Manifest) : {};
}

/**
 * Adds terminus by name: Yarn does not install peers, and pnpm hides them from the application.
 *
 * @returns whether it was added
 */
function requireTerminus(compiler: TypeScript, tree: Tree): boolean {
  const { dependencies, devDependencies } = manifestOf(tree);
  const nest = { ...devDependencies, ...dependencies }['@nestjs/core'] ?? '';
  const range = /^\D*11\b/.test(nest) ? '^11.0.0' : '^12.0.0';
  const text = tree.exists(MANIFEST) ? tree.readText(MANIFEST) : '{}';
  const changed = addDependency(compiler, text, TERMINUS.from, range);
  if (changed === undefined) return false;
  tree.overwrite(MANIFEST, changed);
  return true;
}
