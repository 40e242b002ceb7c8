import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Releases } from './releases.js';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'release-')));
  for (const name of ['r1', 'r2']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'main.js'), '');
  }
  link('r1');
  // Node has resolved the link by the time anybody asks.
  vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'r1'));
});
/** What a deploy does. */
function link(name: string): void {
  rmSync(join(folder, 'current'), { force: true });
  symlinkSync(name, join(folder, 'current'));
}

function release(name: string) {
  return { folder: join(folder, name), script: join(folder, name, 'main.js') };
}

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('a release follows the link that the shell was in, once for each generation', () => {
  const releases = new Releases('main.js', { PWD: join(folder, 'current') });
  expect(releases.of(1)).toEqual(release('r1'));
  link('r2');
  expect(releases.of(1)).toEqual(release('r1'));
  expect(releases.of(2)).toEqual(release('r2'));
});

it('a release follows the link in an absolute path', () => {
  const releases = new Releases(join(folder, 'current/main.js'), {});
  expect(releases.of(1).script).toBe(release('r1').script);
  link('r2');
  expect(releases.of(2).script).toBe(release('r2').script);
});

it.each([
  ['the script', 'current/main.js', undefined],
  ['the command', undefined, 'current/node_modules/.bin/nestjs-drain'],
])('a release follows the link in an absolute path of %s, without PWD', (_, script, command) => {
  const given = script === undefined ? 'main.js' : join(folder, script);
  const releases = new Releases(given, {}, command && join(folder, command));
  expect(releases.of(1)).toEqual(release('r1'));
  link('r2');
  rmSync(join(folder, 'r1'), { recursive: true });
  expect(releases.of(2)).toEqual(release('r2'));
});

it('a release runs in the folder of its script if the folder of the start is gone', () => {
  mkdirSync(join(folder, 'start'));
  vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'start'));
  const releases = new Releases(join(folder, 'current/main.js'), {}, undefined);
  expect(releases.of(1).folder).toBe(join(folder, 'start'));
  rmSync(join(folder, 'start'), { recursive: true });
  link('r2');
  expect(releases.of(2)).toEqual(release('r2'));
});

it('a release has changed if its main file is another one or was rewritten', () => {
  const releases = new Releases(join(folder, 'current/main.js'), {}, undefined);
  expect(releases.hasChanged()).toBe(true);
  expect(releases.hasChanged()).toBe(false);
  link('r2');
  expect(releases.hasChanged()).toBe(true);
  writeFileSync(join(folder, 'r2/main.js'), '// new');
  expect(releases.hasChanged()).toBe(true);
  expect(releases.hasChanged()).toBe(false);
});

it.each([undefined, tmpdir(), '/nowhere/at/all'])('a release ignores a wrong PWD of %s', (PWD) => {
  expect(new Releases('main.js', { PWD }, undefined).of(1)).toEqual(release('r1'));
});

it('a release that was removed or forgotten is resolved anew', () => {
  const releases = new Releases('main.js', { PWD: join(folder, 'current') });
  releases.of(1);
  link('r2');
  rmSync(join(folder, 'r1'), { recursive: true });
  expect(releases.of(1)).toEqual(release('r2'));
  releases.of(2);
  releases.retain(new Set([2]));
  link('r3');
  expect(releases.of(2)).toEqual(release('r2'));
  expect(() => releases.of(1)).toThrow(/ENOENT/);
});
