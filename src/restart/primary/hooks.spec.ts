import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { RestartHooks } from '../restart-hooks.js';
import { Hooks } from './hooks.js';

const errors: string[] = [];
const log = {
  log: () => {},
  warn: () => {},
  error: (message: string) => void errors.push(message),
};
const failing = () => {
  throw new Error('no');
};

function hooks(given: RestartHooks): Hooks {
  return new Hooks(given, log);
}

beforeEach(() => void errors.splice(0));
afterEach(() => vi.useRealTimers());

it('a reload is cancelled if beforeReload returns false or throws', async () => {
  await expect(hooks({ beforeReload: () => false }).beforeReload()).rejects.toThrow(
    'returned false',
  );
  await expect(hooks({ beforeReload: failing }).beforeReload()).rejects.toThrow('failed: no');
  await hooks({ beforeReload: () => {} }).beforeReload();
  await hooks({}).beforeReload();
});

it('a stop is cancelled if beforeStop returns false, not if it throws', async () => {
  expect(await hooks({ beforeStop: async () => false }).beforeStop('SIGTERM')).toBe(false);
  expect(await hooks({ beforeStop: failing }).beforeStop('SIGTERM')).toBe(true);
  expect(await hooks({}).beforeStop('SIGTERM')).toBe(true);
  expect(errors).toEqual(['beforeStop failed: no']);
});

it('afterReload gets the result, and errors of hooks are logged by name', async () => {
  const result = { outcome: 'completed', replaced: 1, generation: 2 } as const;
  const afterReload = vi.fn<(given: unknown) => void>();
  await hooks({ afterReload }).afterReload(result);
  expect(afterReload).toHaveBeenCalledWith(result);
  await hooks({ afterReload: failing, afterStop: failing }).afterReload(result);
  await hooks({ afterStop: async () => failing() }).afterStop();
  expect(errors).toEqual(['afterReload failed: no', 'afterStop failed: no']);
});

it('a hook that hangs is waited for no longer than 10 s', async () => {
  vi.useFakeTimers();
  const asked = hooks({ beforeStop: () => new Promise(() => {}) }).beforeStop('SIGTERM');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await asked).toBe(true);
  expect(errors[0]).toContain('beforeStop did not finish within 10000 ms');
});
