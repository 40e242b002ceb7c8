import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

let folder = '';

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'))));
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true });
});

it('the watchdog thread does not load again what --require loads, such as a tracer', async () => {
  const [script, loads] = [join(folder, 'tracing.cjs'), join(folder, 'loads')];
  writeFileSync(
    script,
    `require('node:fs').appendFileSync(${JSON.stringify(loads)}, 'loaded\\n');`,
  );
  const app = await start({}, { NODE_OPTIONS: `--require ${script}` });
  expect(readFileSync(loads, 'utf8')).toBe('loaded\n');
  const slow = request(app.port, '/slow?ms=1500');
  await app.event('handler');
  app.signal('SIGTERM');

  expect(await slow).toMatchObject({ status: 200 });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(readFileSync(loads, 'utf8')).toBe('loaded\n');
});
