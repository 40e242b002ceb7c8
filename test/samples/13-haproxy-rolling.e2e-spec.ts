import { afterEach, describe, expect, it } from 'vitest';

import { findProgram } from '../support/server-process.js';
import { endSamples, startSample } from './start-sample.js';

const name = '13-haproxy-rolling';
const timeout = 60_000;

describe('sample 13-haproxy-rolling:', { timeout }, () => {
  afterEach(endSamples);

  it.skipIf(findProgram('haproxy') === undefined)('no request is lost', async () => {
    const sample = startSample(name);
    await sample.line(/three instances UP/);
    for (const instance of ['one', 'two', 'three']) {
      const row = await sample.line(new RegExp(`^${instance} `));
      const [, down, gone] = /(\d+) ms +(\d+) ms +0 +\d+ +0 +0$/.exec(row)!.map(Number);
      // The grace period is longer than HAProxy needs, as its README works out.
      expect(down).toBeLessThan(1500);
      expect(gone).toBeGreaterThanOrEqual(1500);
    }
    expect(await sample.line(/^in all/)).toMatch(/ [1-9]\d* +0 +0$/);
    expect(await sample.exited()).toEqual({ code: 0, signal: null });
  });

  it.skipIf(findProgram('haproxy') === undefined)(
    'some requests are lost without a grace period',
    async () => {
      const sample = startSample(name, { GRACE_PERIOD_MS: '0' });
      await sample.line(/^one/);
      await sample.line(/^two/);
      await sample.line(/^three/);
      expect(await sample.line(/^in all/)).toMatch(/ [1-9]\d* +[1-9]\d* +\d+$/);
      expect(await sample.exited()).toEqual({ code: 1, signal: null });
    },
  );

  it('the sample says where to get HAProxy if it is missing', async () => {
    const sample = startSample(name, { HAPROXY: '/nowhere/haproxy' });
    expect(await sample.line(/needs HAProxy/)).toContain('none in the path');
    expect(await sample.line(/apt-get/)).toContain('apt-get install haproxy');
    expect(await sample.exited()).toEqual({ code: 1, signal: null });
  });
});
