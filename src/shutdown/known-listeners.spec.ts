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

it('a listener of a package that was loaded by a flag of Node is named by the package', () => {
  expect(packageOf(shutdown)).toBe('@opentelemetry/auto-instrumentations-node');
});

it('a listener of the application is not named by a package whose function has the same name', () => {
  const own = { shutdown: () => sdk.shutdown() };
  expect(packageOf(own.shutdown)).toBeUndefined();
});
