import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { SampleProcess } from './sample-process.js';

const folder = join('.out', '07-microservice-hybrid');

describe('sample 07-microservice-hybrid:', () => {
  const started: SampleProcess[] = [];

  afterEach(async () => {
    await Promise.all(started.splice(0).map((sample) => sample.kill()));
  });

  function start(script: string, env: NodeJS.ProcessEnv): SampleProcess {
    const sample = new SampleProcess([join(folder, script)], env);
    started.push(sample);
    return sample;
  }

  it('requests, messages and events end before the database is closed', async () => {
    const sample = start('main.js', { TCP_PORT: '0' });
    const port = await sample.port();
    const [, messagePort] = /port: (\d+)/.exec(await sample.line(/Messages on/))!;
    const client = start('client.js', { TCP_PORT: messagePort, MS: '700' });
    await sample.line(/Reservation of 3 begun/);
    const count = request(port, '/stock?ms=700');
    await sample.line(/Count begun/);
    await sample.terminate();

    expect(await client.line(/Reserved/)).toContain('left: 12');
    expect(await count).toMatchObject({ status: 200, connection: 'close', body: '{"pieces":12}' });
    expect(await sample.exited()).toEqual({ code: 0, signal: null });
    expect(await client.exited()).toEqual({ code: 0, signal: null });
    expect(sample.lines.join('\n')).toContain('3 in flight');
    expect(sample.indexOf(/Database connection closed/)).toBeGreaterThan(
      sample.indexOf(/Delivery of 5 stored, 15 left/),
    );
  });
});
