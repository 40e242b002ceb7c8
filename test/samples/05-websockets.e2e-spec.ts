import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { endSamples, startSample, startScript } from './start-sample.js';

const clean = { code: 0, signal: null };
const name = '05-websockets';

describe('sample 05-websockets:', () => {
  afterEach(endSamples);

  it('a message in flight is answered, then the client goes on with the next process', async () => {
    const sample = startSample(name);
    const env = { PORT: String(await sample.port()) };
    const client = startScript([join('.out', name, 'client.js')], env);
    await sample.line(/"hello 1" is being read/);
    await sample.terminate();

    await client.line(/Closed with code 1012/);
    expect(client.lines.slice(1, 3)).toEqual([
      expect.stringMatching(/"hello 1\\" is message 1 of process \d+/),
      'Closed with code 1012',
    ]);
    expect(await sample.exited()).toEqual(clean);
    expect(sample.lines.join('\n')).toMatch(/1 websocket closed/);
    expect(sample.indexOf(/connection closed/)).toBeGreaterThan(sample.indexOf(/is stored/));

    const next = startSample(name, env);
    await client.line(/"hello 2\\" is message 1 of process \d+/);
    await next.terminate();
    expect(await next.exited()).toEqual(clean);
  });
});
