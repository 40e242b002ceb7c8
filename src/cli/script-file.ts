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

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
