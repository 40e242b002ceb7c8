import { writeFileSync } from 'node:fs';

import { notWritten } from './command.errors.js';

/** @param to - a file, `-` for standard output, or true for the file `name` @internal */
export function writeOutput(to: string | true, name: string, content: string): void {
  const file = to === true ? name : to;
  if (file === '-') return void process.stdout.write(content);
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw notWritten(file, error);
  }
  console.error(`nestjs-drain: wrote ${file}`);
}
