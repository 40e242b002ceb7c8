import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Release } from './release.js';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'release-')));
  mkdirSync(join(folder, 'r1'));
  symlinkSync('r1', join(folder, 'current'));
  // Node has resolved the link by the time anybody asks.
  vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'r1'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('keeps the link that the shell was in', () => {
  const release = new Release('dist/main.js', { PWD: join(folder, 'current') });
  expect(release.folder).toBe(join(folder, 'current'));
  expect(release.script).toBe(join(folder, 'current/dist/main.js'));
});

it.each([undefined, tmpdir(), '/nowhere/at/all'])('does not believe a PWD of %s', (PWD) => {
  expect(new Release('main.js', { PWD }).script).toBe(join(folder, 'r1/main.js'));
});

it('leaves an absolute path as it is, links included', () => {
  const script = join(folder, 'current/main.js');
  expect(new Release(script, {}).script).toBe(script);
});
