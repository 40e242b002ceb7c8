import { hostname } from 'node:os';

import { describe, expect, it } from 'vitest';

import { originHere } from './origin.js';

describe('the origin of a report', () => {
  it('is the machine by default', () => {
    expect(originHere({}, {})).toEqual({ host: hostname() });
  });

  it.each<[string, NodeJS.ProcessEnv, object]>([
    [
      'OpenTelemetry',
      {
        OTEL_SERVICE_NAME: 'orders',
        OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2%2B7, service.instance.id=a1,service.name=x',
      },
      { host: 'a1', service: 'orders', version: '1.2+7' },
    ],
    [
      'Kubernetes and npm',
      {
        POD_NAME: 'orders-x',
        HOSTNAME: 'node',
        npm_package_name: 'orders',
        npm_package_version: '1',
      },
      { host: 'orders-x', service: 'orders', version: '1' },
    ],
    ['a shell', { HOSTNAME: 'node-3', OTEL_RESOURCE_ATTRIBUTES: '%%%=,' }, { host: 'node-3' }],
  ])('is taken from %s', (_, env, origin) => {
    expect(originHere({}, env)).toEqual(origin);
  });

  it('is taken from the options first', () => {
    const env = { OTEL_SERVICE_NAME: 'x', POD_NAME: 'y', npm_package_version: 'z' };
    const given = { name: 'orders', version: '2', instance: 'a' };
    expect(originHere(given, env)).toEqual({ host: 'a', service: 'orders', version: '2' });
  });
});
