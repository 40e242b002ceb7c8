import * as fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { relative } from 'node:path';
import { expect } from 'vitest';

import { isLongRun } from '../support/runs.js';

/** What is played again, as a failure says it. */
const { SEED: seed, CASE: path, RUNS: runs } = process.env;
/** The next number is no seed of fast-check. */
const SEED_END = 2 ** 31 - 1;

/**
 * What the runs are made from. Usually the same ones each time: a run that fails has found a bug,
 * but not one that the change under test has made, and a second attempt must not hide it. A long
 * run looks elsewhere each time.
 */
export const seeds: readonly number[] = chooseSeeds();

function chooseSeeds(): number[] {
  if (seed !== undefined) return [Number(seed)];
  return isLongRun ? [randomInt(SEED_END)] : [1, 2, 3];
}

/**
 * Throws with the shortest run that breaks the property, and how to play it again.
 *
 * @param count - how many runs of this seed
 * @param options - `shrinks`: whether a run that fails is made shorter, which takes many more runs
 * @returns that it does
 */
export async function holds<T>(
  property: fc.IAsyncProperty<T>,
  ofSeed: number,
  count: number,
  { shrinks = true } = {},
): Promise<true> {
  const details = await fc.check(property, {
    seed: ofSeed,
    numRuns: runs === undefined ? count : Number(runs),
    endOnFailure: !shrinks,
    ...(path !== undefined && { path }),
  });
  if (!details.failed) return true;
  const file = relative(process.cwd(), expect.getState().testPath ?? '');
  const again =
    `SEED=${details.seed} CASE=${details.counterexamplePath} ` +
    `npx vitest run --project=nest-12 ${file}`;
  const cause = details.errorInstance;
  const message = await fc.asyncDefaultReportMessage(details);
  throw new Error(`${String(cause)}\n\nPlay it again:\n${again}\n\n${message}`, { cause });
}
