import { setTimeout as sleep } from 'node:timers/promises';

import { Cell } from './cell.mjs';

/** How long after the signal a scenario looks at times closely, unless it says otherwise. */
const COMPARED_MS = 3000;
/** Between those that run beside each other, so that the exit of one is no load for the others. */
const APART_MS = 250;

/**
 * One scenario, once with each solution. As many run beside each other as may: all of them have started
 * before the first of them is measured. Whoever is still there when the times that are compared are over
 * is only waited for, and the next ones begin, those of the next row, too.
 *
 * @returns a promise `ended` of `{ solution, round }` for each, in the order in which they began
 */
export async function measureRow(solutions, scenario, adapter, parallel) {
  const { isAlone = false, comparedMs = COMPARED_MS } = scenario;
  const rounds = [];
  for (const batch of batches(solutions, isAlone ? 1 : parallel)) {
    const cells = await Promise.all(
      batch.map((solution) => Cell.start(solution, scenario, adapter)),
    );
    const ends = cells.map(async (cell, i) => {
      await sleep(i * APART_MS);
      return { solution: cell.solution, round: await cell.run() };
    });
    rounds.push(...ends);
    await Promise.all(ends.map((end, i) => Promise.race([end, passed(cells[i], comparedMs)])));
  }
  return { ended: Promise.all(rounds) };
}

/** Since the signal; endless where the clients go on until the process ends. */
async function passed({ left }, ms) {
  await left;
  await (ms === Infinity ? new Promise(() => {}) : sleep(ms, undefined, { ref: false }));
}

function batches(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}
