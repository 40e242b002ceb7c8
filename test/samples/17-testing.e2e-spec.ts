import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endSamples, startSample } from './start-sample.js';

const root = join(import.meta.dirname, '..', '..');
const runMs = 60_000;

describe('sample 17-testing:', () => {
  afterEach(endSamples);

  it(
    'its tests pass in a moment',
    async () => {
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [vitest, 'run', '--root', 'sample/17-testing'],
        { cwd: root, env: { PATH: process.env['PATH'], NO_COLOR: '1' } },
      );
      expect(stdout).toMatch(/Tests +4 passed/);
    },
    runMs,
  );

  it('the application itself runs as tested', async () => {
    const sample = startSample('17-testing');
    const port = await sample.port();
    expect((await request(port, '/health/ready', { agent: false })).status).toBe(200);
  });
});
