import { expect, it } from 'vitest';

import { startWatchdog } from './watchdog.js';

/** It must not kill the process of the tests. */
const NEVER_MS = 2 ** 31 - 1;

function pipedInto(): number[] {
  return [process.stdout, process.stderr].map((stream) => stream.listenerCount('unpipe'));
}

it('does not pipe the output of its thread, which would go through a blocked event loop', () => {
  const before = pipedInto();
  startWatchdog(NEVER_MS);
  expect(pipedInto()).toEqual(before);
});
