// What the module adds to a test application: `compile()`, `init()` and `close()`. With it and without it
// in turn, in one process, as the tests of one file do it; several fresh processes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { sized } from './support/sizes.mjs';
import { quartiles } from './support/statistics.mjs';

const PROCESSES = sized(10, 1);
const APPLICATIONS = sized(30, 3);
const program = join(import.meta.dirname, 'support', 'test-applications.mjs');

export async function measureTestApplication() {
  const rows = [];
  for (const adapter of ['express', 'fastify']) {
    const all = [];
    for (let i = 0; i < PROCESSES; i++) all.push(await measured(adapter));
    // The first one of a process also compiles what it runs.
    const first = all.map(([pair]) => pair);
    const later = all.flatMap((pairs) => pairs.slice(1));
    rows.push({ adapter, when: 'first', ...summary(first) });
    rows.push({ adapter, when: 'later', ...summary(later) });
  }
  return rows;
}

/** @returns pairs of milliseconds: without the module and with it */
async function measured(adapter) {
  const child = fork(program, [adapter, String(APPLICATIONS)]);
  const [pairs] = await once(child, 'message');
  await once(child, 'exit');
  return pairs;
}

function summary(pairs) {
  return {
    pairs: pairs.length,
    without: quartiles(pairs.map(([without]) => without)),
    with: quartiles(pairs.map(([, withModule]) => withModule)),
    more: quartiles(pairs.map(([without, withModule]) => withModule - without)),
  };
}
