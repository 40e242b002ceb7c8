import { afterEach, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endAll, RunningApplication } from '../support/running-application.js';

afterEach(endAll);

it('an application in a worker thread drains when its main thread tells it to close', async () => {
  const app = new RunningApplication({ program: 'worker-thread' });
  await app.event('listening');
  await app.logged('Armed for no signal');
  await app.logged('Running in a worker thread');
  const slow = request(app.port, '/slow', { agent: false });
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await slow).toMatchObject({ status: 200, body: 'done' });
  expect(await app.event('thread-exit')).toMatchObject({ detail: 0 });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});
