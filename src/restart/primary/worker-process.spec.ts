import { expect, it } from 'vitest';

import { type WorkerOwner, WorkerProcess } from './worker-process.js';

const owner: WorkerOwner = {
  socketFor: async () => -1,
  couldNotBind: () => {},
  leavesBy: () => {},
  stoppedAccepting: () => {},
};

it('a worker that could not be started is named by its slot', async () => {
  const place = { slot: 2, generation: 1 };
  const release = { folder: '/nowhere/at/all', script: 'main.js' };
  const worker = new WorkerProcess(place, release, [], [], { primaryPid: 1 }, {}, owner);
  expect(await worker.ended).toMatch(/^could not be started: spawn .* ENOENT$/);
  expect(worker.name).toBe('the worker in slot 2');
  // Nobody could reach it.
  expect(worker.isClean).toBe(true);
});
