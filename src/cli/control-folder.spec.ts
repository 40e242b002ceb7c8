import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { assertShort, controlFolders, makeControlFolder, pidOf } from './control-folder.js';

const uid = process.getuid!();
let parent = '';
let folder = '';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nestjs-drain-folder-'));
  folder = join(parent, 'control');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

describe('the folder for control sockets', () => {
  it('is first looked for in the runtime directory of the user', () => {
    vi.stubEnv('TMPDIR', '/var/tmp');
    vi.stubEnv('XDG_RUNTIME_DIR', '/run/user/1');
    expect(controlFolders()).toEqual([
      `/run/user/1/nestjs-drain-${uid}`,
      `/var/tmp/nestjs-drain-${uid}`,
    ]);
    vi.stubEnv('XDG_RUNTIME_DIR', 'not/absolute');
    expect(controlFolders()).toEqual([`/var/tmp/nestjs-drain-${uid}`]);
  });

  it('is private to its user whatever the umask, and may already exist', () => {
    const before = process.umask(0);
    makeControlFolder(folder);
    process.umask(before);
    makeControlFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['is open to others', () => mkdirSync(folder), 'has mode 755 instead of 700'],
    ['is open to its group', () => mkdirSync(folder), 'has mode 710 instead of 700'],
    ['is a file', () => writeFileSync(folder, ''), 'is not a folder'],
    ['is a link', () => symlinkSync(parent, folder), 'is not a folder'],
  ])('is refused if it %s', (_, make, problem) => {
    make();
    const mode = /mode (\d+)/.exec(problem)?.[1];
    if (mode !== undefined) chmodSync(folder, Number.parseInt(mode, 8));
    expect(() => makeControlFolder(folder)).toThrow(
      expect.objectContaining({
        code: 'ERR_RESTART_UNSAFE_FOLDER',
        message: expect.stringContaining(problem) as string,
      }),
    );
  });

  it('is refused if it belongs to another user', () => {
    mkdirSync(folder, { mode: 0o700 });
    vi.spyOn(process, 'getuid').mockReturnValue(uid + 1);
    expect(() => makeControlFolder(folder)).toThrow(`belongs to user ${uid}`);
    vi.restoreAllMocks();
  });
});

it('a path that is too long for a Unix socket is refused', () => {
  const longest = process.platform === 'linux' ? 107 : 103;
  expect(() => assertShort('x'.repeat(longest))).not.toThrow();
  expect(() => assertShort('x'.repeat(longest + 1))).toThrow(`at most ${longest} bytes`);
  expect(() => assertShort('é'.repeat(54))).toThrow(`at most ${longest} bytes`);
});

it.each([
  ['4711.sock', 4711],
  ['0.sock', undefined],
  ['4711.sock~', undefined],
  ['notes.txt', undefined],
])('the control socket %s belongs to the PID %s', (name, pid) => {
  expect(pidOf(name)).toBe(pid);
});
