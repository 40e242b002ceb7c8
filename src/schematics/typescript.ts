import { createRequire } from 'node:module';
import { join } from 'node:path';

import type ts from 'typescript';

import { noCompiler } from './schematics.errors.js';

/** @internal */
export type TypeScript = typeof ts;

/**
 * Loads the project's own compiler, or that of its Nest CLI: TypeScript 7 has no compiler API, but
 * the CLI brings a version that has one.
 *
 * @throws GracefulShutdownError `ERR_SCHEMATIC_NO_TYPESCRIPT`
 * @internal
 */
export function projectTypeScript(folder: string): TypeScript {
  const fromProject = createRequire(join(folder, 'package.json'));
  const fromCli = () => createRequire(fromProject.resolve('@nestjs/cli/package.json'));
  // The running CLI may be installed globally.
  const fromProcess = () => createRequire(process.argv[1] ?? folder);
  for (const requireFrom of [() => fromProject, fromCli, fromProcess]) {
    const found = load(requireFrom);
    if (found !== undefined) return found;
  }
  throw noCompiler();
}

function load(requireFrom: () => NodeJS.Require): TypeScript | undefined {
  try {
    const found = requireFrom()('typescript') as TypeScript;
    return typeof found.createSourceFile === 'function' ? found : undefined;
  } catch {
    return undefined;
  }
}
