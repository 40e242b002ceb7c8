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

it('a PID file contains the PID, and leaves no draft beside it', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  expect(readdirSync(folder)).not.toContain('pid');
  file.publish();
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe(`${process.pid}\n`);
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('a PID file may be removed several times', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  file.remove();
  file.remove();
  expect(readdirSync(folder)).toEqual([]);
});

it('a PID file of another process is not removed', () => {
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  writeFileSync(join(folder, 'pid'), '1\n');
  file.remove();
  expect(readdirSync(folder)).toEqual(['pid']);
});

it('a PID file is not written through a link in its place', () => {
  const other = join(folder, 'other');
  writeFileSync(other, 'precious');
  symlinkSync(other, join(folder, `pid.${process.pid}`));
  const file = new PidFile(join(folder, 'pid'));
  file.prepare();
  file.publish();
  expect(readFileSync(other, 'utf8')).toBe('precious');
  expect(lstatSync(join(folder, 'pid')).isFile()).toBe(true);
});

it('a PID file in a folder that does not exist is an error', () => {
  const file = new PidFile(join(folder, 'nowhere/pid'));
  expect(() => file.prepare()).toThrow(/nowhere\/pid could not be written: ENOENT/);
});

it('a PID file that cannot be put in place leaves no draft', () => {
  const file = new PidFile(folder);
  file.prepare();
  expect(() => file.publish()).toThrow(/EISDIR|ENOTEMPTY|directory/);
  file.remove();
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder}.`))).toEqual(
    [],
  );
});
