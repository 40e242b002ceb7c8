import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root, run } from '../package/packed-package.js';

interface Result {
  readonly rootModules: number;
  readonly without: readonly Round[];
  readonly with: readonly Round[];
  readonly differences: readonly { readonly kind: string; readonly what: string }[];
}

interface Round {
  readonly isHung: boolean;
  readonly passed: number;
  readonly failed: number;
}

const application = join(import.meta.dirname, 'application');
const tests = ['node', '--test', '--test-reporter=spec', 'application.mjs'];
const timeoutMs = 120_000;

async function compat(args: string[], env = {}): Promise<{ code: number; stdout: string }> {
  const words = [join(root, 'compat', 'compat.mjs'), application, ...args];
  return run(process.execPath, words, { env: { ...process.env, ...env } }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
}

describe('npm run compat', { timeout: timeoutMs }, () => {
  it('names what fails and what slows only with the module', async () => {
    const { code, stdout } = await compat(['--json', '--', ...tests]);
    expect(code).toBe(1);
    const result = JSON.parse(stdout) as Result;
    expect(result.rootModules).toBe(1);
    expect(result.without).toMatchObject([{ isHung: false, passed: 4, failed: 1 }]);
    expect(result.with).toMatchObject([{ isHung: false, passed: 3, failed: 2 }]);
    const told = result.differences.map(({ kind, what }) => `${what} ${kind}`);
    expect(told.filter((line) => !line.startsWith('the command'))).toEqual([
      'is alone fails',
      'is quick is slower',
    ]);
  });

  it('names what hangs only with the module', async () => {
    const { code, stdout } = await compat(['--timeout', '20', '--', ...tests], { HANG: '1' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^with {4} +hung after 20\.\d s/m);
    expect(stdout).toContain('- the command hangs\n');
  });

  it('says if the module was put into no application', async () => {
    const { code, stdout } = await compat(['--', 'node', '-e', '0']);
    expect(code).toBe(2);
    expect(stdout).toContain('The module was put into 0 root modules.');
  });
});
