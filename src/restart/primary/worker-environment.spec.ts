import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { WorkerEnvironment } from './worker-environment.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
  file = join(folder, '.env');
  writeFileSync(file, 'FROM_FILE=old\nBOTH="given"\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = () => ({ FROM_FILE: 'old', BOTH: 'given', OTHER: 'x', NOTIFY_SOCKET: '/run/notify' });

it.each([
  ['with =', () => [`--env-file=${file}`]],
  ['in two words', () => ['--inspect', '--env-file', file]],
  ['that may be missing', () => [`--env-file-if-exists=${file}`]],
])('the environment of a worker lacks what the primary read from a file: %s', (_, options) => {
  const environment = new WorkerEnvironment(options(), env(), new Set(['BOTH', 'OTHER']));
  expect(environment.current()).toEqual({ BOTH: 'given', OTHER: 'x' });
});

it('the environment of a worker has what the primary has set since', () => {
  const variables = env();
  const environment = new WorkerEnvironment([`--env-file=${file}`], variables, new Set());
  variables.FROM_FILE = 'new';
  expect(environment.current()).toEqual({ FROM_FILE: 'new', OTHER: 'x' });
});

it('the environment of a worker is complete if there is no file', () => {
  const all = { FROM_FILE: 'old', BOTH: 'given', OTHER: 'x' };
  expect(new WorkerEnvironment([], env(), new Set()).current()).toEqual(all);
  const missing = [`--env-file-if-exists=${folder}/none`];
  expect(new WorkerEnvironment(missing, env(), new Set()).current()).toEqual(all);
});
