import { expect, it } from 'vitest';

import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { type GracefulRestartOptions, resolveRestartOptions } from './restart-options.js';

const script = import.meta.filename;

it('the options of GracefulRestart have defaults for all but the script', () => {
  expect(resolveRestartOptions({ script, workers: undefined })).toMatchObject({
    script,
    args: [],
    workers: 1,
    readyTimeoutMs: 60_000,
    soakMs: 1000,
    hooks: {},
  });
});

it.each([
  [{}, 'script is undefined, expected the path of a file'],
  [{ script: '/nowhere.js' }, "script is '/nowhere.js', expected the path of a file"],
  [{ script, workers: 0 }, 'workers is 0, expected a whole number from 1'],
  [{ script, workers: Number.NaN }, 'workers is NaN'],
  [{ script, soakMs: -1 }, 'soakMs is -1, expected a whole number of milliseconds'],
  [{ script, readyTimeoutMs: 0.5 }, 'readyTimeoutMs is 0.5'],
  [
    { script, readyTimeoutMs: 0 },
    'readyTimeoutMs is 0, expected a whole number of milliseconds from 1',
  ],
  [{ script, readyPath: 'ready' }, "readyPath is 'ready', expected a path that begins with /"],
  [{ script, pidFile: '' }, "pidFile is ''"],
  [{ script, color: 'red' }, 'unknown option color'],
])('the options of GracefulRestart are refused: %j', (given, message) => {
  const resolve = () => resolveRestartOptions(given as GracefulRestartOptions);
  expect(resolve).toThrow(GracefulShutdownError);
  expect(resolve).toThrow(message);
});

it('every problem of the options of GracefulRestart is named at once', () => {
  const given = { script, workers: -1, soakMs: '1s' } as unknown as GracefulRestartOptions;
  expect(() => resolveRestartOptions(given)).toThrow(/workers is -1.*soakMs is '1s'/);
});
