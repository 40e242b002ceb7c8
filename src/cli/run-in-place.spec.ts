import { expect, it } from 'vitest';

import { whyNotFork } from './run-in-place.js';

it('the command starts workers on a plain machine', () => {
  expect(whyNotFork({}, false)).toBeUndefined();
  expect(whyNotFork({ KUBERNETES_SERVICE_HOST: '' }, false)).toBeUndefined();
});

it.each([
  ['Kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, false, /^This is Kubernetes/],
  ['a worker of node:cluster', {}, true, /^This process is a node:cluster worker/],
])('the command starts no workers in %s, and says why', (_, env, isWorker, why) => {
  expect(whyNotFork(env, isWorker)).toMatch(why);
});
