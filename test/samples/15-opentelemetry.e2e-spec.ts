import { afterEach, describe, expect, it } from 'vitest';

import { Collector } from '../support/collector.js';
import { request } from '../support/http-client.js';
import { endSamples, startSample } from './start-sample.js';

describe('sample 15-opentelemetry:', () => {
  let collector: Collector | undefined;

  afterEach(async () => {
    await endSamples();
    await collector?.stop();
  });

  it('the order that ends while the process leaves is traced, and so is the shutdown', async () => {
    collector = await Collector.start();
    const sample = startSample('15-opentelemetry', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const port = await sample.port();
    const order = request(port, '/orders/1?ms=1500', { agent: false });
    await sample.line(/the carrier takes/);
    await sample.terminate();

    expect(await order).toMatchObject({ status: 200, connection: 'close' });
    expect(await sample.exited()).toEqual({ code: 0, signal: null });
    expect(sample.lines.join('\n')).not.toContain('somebody else');
    const end = sample.indexOf(/Telemetry terminated/);
    expect(end).toBeGreaterThan(sample.indexOf(/Closed in/));
    const paths = collector.spans.flatMap(({ attributes }) => attributes['url.path'] ?? []);
    expect(paths).toEqual(['/orders/1']);
    expect(collector.childrenOf(collector.span('shutdown')).map(({ name }) => name)).toEqual([
      'grace',
      'draining',
      'closing',
    ]);
    expect(collector.points('nestjs_drain.shutdown.duration')).toHaveLength(1);
  });
});
