import { accessSync, constants, statSync } from 'node:fs';

/**
 * The main file of the application, by the name that was given: as for `node`, `dist/main` is
 * enough for `dist/main.js`. Links in it stay, as they may move.
 *
 * @returns undefined if there is none that can be read
 * @internal
 */
export function scriptFile(given: string): string | undefined {
  return [given, `${given}.js`].find(isReadableFile);
}

/** What is wrong with a name that is none of a main file. @internal */
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
