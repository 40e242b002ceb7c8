import { join } from 'node:path';

const testFolder = join(import.meta.dirname, '..');

/** Where the sources and the fixtures are that run with the Nest of this project. */
export const compiledFolder = join(
  testFolder,
  process.env['NEST'] === 'nest-11' ? 'nest-11/.out' : '.out',
);

/** The command `nestjs-drain`. */
export const command = join(compiledFolder, 'src/cli/command.js');

/** The fixture program of that name. */
export function fixture(name: string): string {
  return join(compiledFolder, `test/fixtures/${name}.js`);
}
