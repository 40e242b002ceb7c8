import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { PidFile } from './pid-file.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pid-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('holds the PID, and leaves nothing beside it', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  expect(readdirSync(folder)).not.toContain('pid');
  file.publish();
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe(`${process.pid}\n`);
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('is removed, however often', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  file.remove();
  file.remove();
  expect(readdirSync(folder)).toEqual([]);
});

it('stays where it is that of another process', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  writeFileSync(join(folder, 'pid'), '1\n');
  file.remove();
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('does not follow a link that somebody has put where it is written', () => {
  const other = join(folder, 'other');
  writeFileSync(other, 'precious');
  symlinkSync(other, join(folder, `pid.${process.pid}`));
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  expect(readFileSync(other, 'utf8')).toBe('precious');
  expect(lstatSync(join(folder, 'pid')).isFile()).toBe(true);
});

it('is an error where its folder is not there', () => {
  const file = new PidFile(join(folder, 'nowhere/pid'));
  expect(() => file.prepare()).toThrow(/nowhere\/pid could not be written: ENOENT/);
});

it('leaves no draft where it cannot be put in place', () => {
  const file = new PidFile(folder);
  file.prepare();
  expect(() => file.publish()).toThrow(/EISDIR|ENOTEMPTY|directory/);
  file.remove();
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder}.`))).toEqual(
    [],
  );
});
