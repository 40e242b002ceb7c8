// How long the package takes to be imported, when Nest has been: each time by a fresh process. The
// alternatives show what is usual.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { sized } from './support/sizes.mjs';
import { quartiles } from './support/statistics.mjs';

const ROUNDS = sized(20, 2);
const packages = [
  'nestjs-drain',
  '@nestjs/terminus',
  'nestjs-graceful-shutdown',
  'http-terminator',
];

const nest = [
  'reflect-metadata',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  'rxjs',
];
const program = `
  for (const name of ${JSON.stringify(nest)}) await import(name);
  const begin = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - begin);
`;

export async function measureImport() {
  const times = new Map(packages.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of packages) times.get(name).push(await importTime(name));
  }
  return packages.map((name) => ({ name, rounds: ROUNDS, ms: quartiles(times.get(name)) }));
}

async function importTime(name) {
  const args = ['--input-type=module', '--eval', program, name];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: import.meta.dirname,
  });
  return Number(stdout);
}
