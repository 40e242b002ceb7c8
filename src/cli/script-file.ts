import { accessSync, constants, statSync } from 'node:fs';

/**
 * The main file for the given name: as with `node`, `dist/main` finds `dist/main.js`. Symlinks are
 * not resolved, because a deploy may move them.
 *
 * @returns undefined if there is no readable file
 * @internal
 */
export function scriptFile(given: string): string | undefined {
  return [given, `${given}.js`].find(isReadableFile);
}

/** The error text for a name without a main file. @internal */
export function scriptProblem(given: string): string {
  const problem = `the script is '${given}', expected a file that can be read, such as dist/main.js`;
  const isBuilt = /^(\.\/)?(build|dist|lib|out)\//.test(given);
  return isBuilt ? `${problem}: is the application built? (npm run build)` : problem;
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
