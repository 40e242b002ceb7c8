import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endAll } from '../support/running-application.js';
import { StandInPrimary } from '../support/stand-in-primary.js';

let primary: StandInPrimary;

beforeEach(() => {
  primary = new StandInPrimary();
});

afterEach(async () => {
  await endAll();
  primary.close();
});

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  it('listens on a socket of its primary, and leaves when it is told to', async () => {
    const worker = await primary.ready({ adapter });
    await worker.event('listening');
    expect(worker.port).toBe(primary.port);
    expect(await request(primary.port, '/hello')).toMatchObject({ status: 200 });
    worker.leave({ kind: 'restart' });
    expect(await worker.exited).toMatchObject({ code: 0, signal: null });
  });
});
