import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../support/server-process.js';
import { endSamples, startScript } from './start-sample.js';

const out = join(import.meta.dirname, '..', '..', 'sample', '.out');

describe('sample 10-graceful-restart:', () => {
  /** A copy, whose code is changed. It stays where the package has its own name. */
  let copy: string | undefined;
  beforeAll(() => {
    copy = mkdtempSync(join(out, 'restart-'));
    cpSync(join(out, '10-graceful-restart'), copy, { recursive: true });
  });
  afterEach(endSamples);
  afterAll(() => {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
  });

  it('new code replaces the old, broken code does not, and no quote fails', async () => {
    const PORT = String(await freePort());
    const service = startScript(
      [
        '../dist/cli/command.js',
        '--workers=2',
        '--ready-path=/ready',
        '--soak=200',
        join(copy!, 'main.js'),
      ],
      { PORT },
    );
    await service.line(/2 workers ready/);
    const client = startScript([join('.out', '10-graceful-restart', 'client.js')], { PORT });
    await client.line(/premium 42/);

    const premium = join(copy!, 'premium.js');
    const code = readFileSync(premium, 'utf8');
    writeFileSync(premium, code.replace('42', '43'));
    service.signal('SIGHUP');
    await service.line(/Reload 1: completed, 2 of 2 workers replaced/);
    await client.line(/premium 43/);

    writeFileSync(premium, `throw new Error('no premium');`);
    service.signal('SIGHUP');
    await service.line(/Reload 2: failed, 0 of 2 workers replaced: .* before it was ready/);
    client.signal('SIGINT');
    const total = await client.line(/^In the end/);

    expect(total).toMatch(/premium 42.*premium 43/);
    expect(total).not.toContain('FAILED');
    expect(await client.exited()).toEqual({ code: 0, signal: null });
    service.signal('SIGTERM');
    expect(await service.exited()).toEqual({ code: 0, signal: null });
  });
});
