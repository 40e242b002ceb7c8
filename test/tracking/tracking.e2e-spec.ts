import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

afterEach(endAll);

describe.each([
  ['track()', '/background', 'report'],
  ['@TrackInFlight()', '/decorated', 'DrainController.decoratedWork'],
])('work in %s', (_, path, label) => {
  it('that a request has started is awaited, and finds what it needs', async () => {
    const app = await start();
    await request(app.port, `${path}?ms=600`);
    await app.event('work-begins');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(app.order.indexOf('work-ends'));
    expect(app.order).toContain('work-ends');
  });

  it('that never ends is named when it is abandoned', async () => {
    const app = await start({ options: { drainTimeoutMs: 500 } });
    await request(app.port, `${path}?ms=60000`);
    await app.event('work-begins');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(1);
    expect(exit.at - sentAt).toBeLessThan(500 + 1500);
    expect(app.log).toContain(`Cut: ${label}`);
  });
});

it('while draining, a line a second names what is under way', async () => {
  const app = await start();
  const slow = request(app.port, '/slow?ms=2400&token=secret');
  await app.event('handler');
  app.signal('SIGTERM');
  await slow;
  await app.exited;
  const lines = app.log.match(/1 in flight, [\d.]+ s left: GET PlainController\.slow [\d.]+ s/g);
  expect(lines).toHaveLength(2);
  expect(app.log).toMatch(/Closed in 2\.\d s .*1 request answered/);
  expect(app.log).not.toContain('secret');
});
