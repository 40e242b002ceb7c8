import { setTimeout as sleep } from 'node:timers/promises';

import { Cell } from './cell.mjs';

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
  const { isAlone = false } = scenario;
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
    await Promise.all(ends.map((end, i) => Promise.race([end, cells[i].compared()])));
  }
  return { ended: Promise.all(rounds) };
}

function batches(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}
