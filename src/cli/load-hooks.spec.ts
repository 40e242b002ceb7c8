import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { loadHooks } from './load-hooks.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-hooks-'));
afterAll(() => rmSync(folder, { recursive: true }));

function hooksFile(name: string, source: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  return file;
}

describe('the hooks of a service', () => {
  it.each([
    ['an ES module', 'named.mjs', 'export const beforeReload = () => "called";'],
    ['the default of one', 'default.mjs', 'export default { beforeReload: () => "called" };'],
    [
      'an object of a class',
      'class.mjs',
      'export default new (class { said = "called"; beforeReload() { return this.said; } })();',
    ],
    ['a CommonJS module', 'named.cjs', 'exports.beforeReload = () => "called";'],
    [
      'a CommonJS module whose exports only run time knows',
      'computed.cjs',
      'module.exports = Object.fromEntries([["beforeReload", () => "called"]]);',
    ],
  ])('are loaded from %s', async (_, name, source) => {
    const hooks = await loadHooks(hooksFile(name, source));
    expect(hooks.beforeReload?.()).toBe('called');
    expect(Object.keys(hooks)).toEqual(['beforeReload']);
  });

  it.each([
    ['throws', 'throws.mjs', 'throw new Error("no database");', /cannot be loaded: no database$/],
    [
      'has none',
      'none.mjs',
      'export const beforeRelaod = () => {};',
      /exports none of beforeReload/,
    ],
    [
      'has a signal that cannot be caught',
      'kill.mjs',
      'export const onSignal = { SIGKILL: () => {} };',
      /onSignal\.SIGKILL is not a signal that can be caught$/,
    ],
    [
      'has no functions',
      'text.mjs',
      'export const afterStop = "x";',
      /afterStop is not a function$/,
    ],
    ['is not there', undefined, '', /cannot be loaded/],
  ])('stop the start if the module %s', async (_, name, source, message) => {
    const file = name === undefined ? join(folder, 'nowhere.mjs') : hooksFile(name, source);
    await expect(loadHooks(file)).rejects.toMatchObject({
      code: 'ERR_RESTART_HOOKS',
      message: expect.stringMatching(message) as string,
    });
  });
});
