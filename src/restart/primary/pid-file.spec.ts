import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { PidFile } from './pid-file.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pid-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('holds the PID, and leaves nothing beside it', () => {
  new PidFile(join(folder, 'pid')).write();
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe(`${process.pid}\n`);
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('is removed, however often', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.write();
  file.remove();
  file.remove();
  expect(readdirSync(folder)).toEqual([]);
});

it('stays where it is that of another process', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.write();
  writeFileSync(join(folder, 'pid'), '1\n');
  file.remove();
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('leaves no draft where it cannot be put in place', () => {
  const file = new PidFile(folder);
  expect(() => file.write()).toThrow(/EISDIR|ENOTEMPTY|directory/);
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder}.`))).toEqual(
    [],
  );
});
