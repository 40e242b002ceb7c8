import { expect, it } from 'vitest';

import { packageOf } from './known-listeners.js';

const sdk = { shutdown: async () => {} };
const diag = { debug: (_text: string) => {}, error: (_text: string, _error: unknown) => {} };

/** As `@opentelemetry/auto-instrumentations-node/register` has it. */
async function shutdown(): Promise<void> {
  try {
    await sdk.shutdown();
    diag.debug('OpenTelemetry SDK terminated');
  } catch (error) {
    diag.error('Error terminating OpenTelemetry SDK', error);
  }
}

it('names the package that loads instrumentations by a flag of Node', () => {
  expect(packageOf(shutdown)).toBe('@opentelemetry/auto-instrumentations-node');
});

it('names no package for a function of the application that is called the same', () => {
  const own = { shutdown: () => sdk.shutdown() };
  expect(packageOf(own.shutdown)).toBeUndefined();
});
