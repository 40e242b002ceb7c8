import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { isMainProcess } from './main-process.js';

interface Given {
  readonly pid?: number;
  readonly ppid?: number;
  readonly init?: string;
  readonly group?: number;
}

function main({ pid = 7, ppid = 1, init = 'tini', group = pid }: Given): boolean {
  const files: Record<string, string> = {
    '/proc/1/comm': `${init}\n`,
    '/proc/self/stat': `${pid} (node (a) b) S ${ppid} ${group} ${group} 0 -1 4194304`,
  };
  return isMainProcess({ pid, ppid, read: (path) => files[path]! });
}

describe('the main process of a container', () => {
  it.each<[string, Given]>([
    ['PID 1', { pid: 1, ppid: 0, init: 'node' }],
    ['what docker run --init starts', { init: 'docker-init' }],
    ['what tini starts', { init: 'tini' }],
    ['what dumb-init starts', { init: 'dumb-init' }],
    ['what tini starts that needs no libc', { init: 'tini-static' }],
  ])('is %s', (_, given) => {
    expect(main(given)).toBe(true);
  });

  it.each<[string, Given]>([
    ['one that has outlived its parent', { group: 5 }],
    ['one whose parent is the program that the container runs', { init: 'node' }],
    ['one whose parent is a shell, which keeps the signals', { init: 'sh' }],
    ['a grandchild', { ppid: 6 }],
  ])('is not %s', (_, given) => {
    expect(main(given)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('has the process group that ps shows', () => {
    const group = Number(execFileSync('ps', ['-o', 'pgid=', '-p', String(process.pid)]));
    expect(isMainProcess({ pid: group, ppid: 1, read: besideTini })).toBe(true);
    expect(isMainProcess({ pid: group + 1, ppid: 1, read: besideTini })).toBe(false);
  });

  it('is unknown without /proc', () => {
    expect(isMainProcess({ pid: 7, ppid: 1, read: nothing })).toBe(false);
  });
});

function besideTini(path: string): string {
  return path === '/proc/1/comm' ? 'tini\n' : readFileSync(path, 'utf8');
}

function nothing(): string {
  throw new Error('ENOENT');
}
