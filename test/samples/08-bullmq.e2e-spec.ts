import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { findProgram, type ServerProcess, startRedis } from '../support/server-process.js';
import { endSamples, startSample } from './start-sample.js';

const isMissing = findProgram('redis-server') === undefined;

describe.skipIf(isMissing)('sample 08-bullmq:', () => {
  let redis: ServerProcess;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(endSamples);
  afterAll(() => redis.stop());

  it('the job in flight is finished, the next one is left for the next start', async () => {
    const env = { REDIS_URL: `redis://127.0.0.1:${redis.port}` };
    const leaving = startSample('08-bullmq', env);
    const port = await leaving.port();
    for (const to of ['ann', 'bob']) {
      const answer = await request(port, `/mails/${to}?ms=600`, { method: 'POST' });
      expect(answer.status).toBe(202);
    }
    await leaving.line(/Mail to ann: begun/);
    await leaving.terminate();

    expect(await leaving.exited()).toEqual({ code: 0, signal: null });
    expect(leaving.indexOf(/Mail to ann: sent/)).toBeGreaterThan(0);
    expect(leaving.indexOf(/mail server closed/)).toBeGreaterThan(
      leaving.indexOf(/Mail to ann: sent/),
    );
    expect(leaving.indexOf(/Mail to bob/)).toBe(-1);

    const next = startSample('08-bullmq', env);
    await next.line(/Mail to bob: sent/);
    expect(next.indexOf(/Mail to ann/)).toBe(-1);
  });
});
