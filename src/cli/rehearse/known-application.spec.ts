import { expect, it } from 'vitest';

import { clientPaths, readinessPath } from './known-application.js';

const budget = { gracePeriodMs: 0, drainTimeoutMs: 20_000, closeTimeoutMs: 4000 };
const application = (...paths: string[]) => ({ pid: 1, budget, paths });

it('clients of a rehearsal do not request health, metrics or documentation', () => {
  const paths = ['/orders', '/health/ready', '/metrics', '/docs', '/docs-json', '/docs/index.html'];
  const others = ['/api/swagger.json', '/api/docs/', '/documents', '/api/orders', '/livestream'];
  expect(clientPaths(application(...paths, ...others))).toEqual([
    '/orders',
    '/documents',
    '/api/orders',
    '/livestream',
  ]);
});

it('the readiness check of a rehearsed application is found by its name', () => {
  expect(readinessPath(application('/orders', '/api/health/ready'))).toBe('/api/health/ready');
  expect(readinessPath(application('/orders', '/already'))).toBeUndefined();
});
