import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { openStream } from '../support/stream-client.js';
import { endSamples, startSample } from './start-sample.js';

describe('sample 06-event-stream:', () => {
  afterEach(endSamples);

  it('the prices end with a retry time, the export with its last day', async () => {
    const sample = startSample('06-event-stream');
    const port = await sample.port();
    expect((await request(port, '/')).body).toContain(`EventSource('/prices')`);
    const [prices, exported] = await Promise.all(
      ['/prices', '/prices/export'].map((path) => openStream(port, path)),
    );
    await Promise.all([prices!, exported!].map((stream) => stream.until('"day":1')));
    await sample.terminate();

    const [end, exportEnd] = await Promise.all([prices!.end, exported!.end]);
    expect([end.complete, exportEnd.complete]).toEqual([true, true]);
    expect(end.body).toMatch(/\nretry: [123]\d{3}\n\n$/);
    expect(exportEnd.body).toMatch(/\ndata: \{"day":10,"price":\d+\}\n\n$/);
    expect(exportEnd.at).toBeGreaterThan(end.at);
    expect(await sample.exited()).toEqual({ code: 0, signal: null });
    expect(sample.indexOf(/Database connection closed/)).toBeGreaterThan(
      sample.indexOf(/Export complete/),
    );
  });
});
