import { createRequire } from 'node:module';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { Load } from '../supervisors/load.js';
import { Pm2Daemon } from '../supervisors/pm2-daemon.js';
import { request } from '../support/http-client.js';
import { findProgram, freePort } from '../support/server-process.js';
import { endSamples, startSample } from './start-sample.js';

const file = join(import.meta.dirname, '..', '..', 'sample', '12-pm2', 'ecosystem.config.cjs');
const timeoutMs = 60_000;

describe('sample 12-pm2:', { timeout: timeoutMs }, () => {
  afterEach(endSamples);

  it('kill_timeout is longer than the budget', async () => {
    const { apps } = createRequire(import.meta.url)(file) as { apps: { kill_timeout: number }[] };
    const sample = startSample('12-pm2');
    const [, seconds] = / = ([\d.]+) s/.exec(await sample.line(/Armed/))!;
    expect(apps[0]!.kill_timeout).toBeGreaterThan(Number(seconds) * 1000);
    await sample.port();
    await sample.terminate();
    expect(await sample.exited()).toEqual({ code: 0, signal: null });
  });

  it.skipIf(findProgram('pm2') === undefined)('a reload under load loses no request', async () => {
    const daemon = new Pm2Daemon();
    try {
      const port = await freePort();
      await daemon.run(['start', file], { PORT: String(port) });
      const slow = request(port, '/orders/1?ms=3000', { agent: false });
      const load = new Load(port, { fresh: 5, kept: 5 }, '/orders/2?ms=2');
      await load.more(100);
      await daemon.run(['reload', 'orders']);
      await load.more(100);
      expect((await slow).status).toBe(200);
      expect((await load.end()).failures).toEqual([]);
      expect(daemon.log('orders')).not.toMatch(/WARN|ERROR/);
    } finally {
      await daemon.end();
    }
  });
});
