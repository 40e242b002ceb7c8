import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endSamples, startSample } from './start-sample.js';

describe('sample 09-custom-participant:', () => {
  afterEach(endSamples);

  it('the mail and the thumbnail in flight are finished, the other mails are given back', async () => {
    const sample = startSample('09-custom-participant', { SEND_MS: '1000' });
    const port = await sample.port();
    // No connection is left that would hold the drain for as long as the mail takes.
    const once = { method: 'POST', agent: false };
    const picture = await request(port, '/pictures?ms=300', once);
    expect(picture.status).toBe(202);
    await sample.terminate();

    expect(await sample.exited()).toEqual({ code: 0, signal: null });
    expect(sample.lines.join('\n')).toMatch(
      /ann: sent.*bob: given back.*cleo: given back.*Queue closed: 2 .*, 0 of unknown fate/s,
    );
    expect(sample.indexOf(/Queue closed/)).toBeGreaterThan(sample.indexOf(/Pool idle/));
    expect(sample.indexOf(/Pool idle/)).toBeGreaterThan(0);
  });
});
