import { expect, it } from 'vitest';

import { GracefulShutdownService } from './graceful-shutdown.service.js';

it('has no stream of states until it is asked for one', () => {
  const service = Reflect.construct(GracefulShutdownService, []) as GracefulShutdownService;
  expect(Object.keys(service)).toEqual([]);
  expect(service.state$).toBe(service.state$);
});
