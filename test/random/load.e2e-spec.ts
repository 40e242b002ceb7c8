import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { endAll } from '../support/running-application.js';
import { isLongRun, times } from '../support/runs.js';
import { loads } from './load-plan.js';
import { holds, seeds } from './property.js';
import { RandomLoad } from './random-load.js';

const TIMEOUT_MS = isLongRun ? 3_600_000 : 180_000;

afterAll(endAll);

// Side by side, as they wait more than they work.
describe.concurrent.each(seeds)('with seed %i', (seed) => {
  it(
    'each request that reached the process is answered whole or cut at the deadline, whatever clients do',
    async () => {
      const property = fc.asyncProperty(loads, (plan) => new RandomLoad(plan).play());
      // Real time makes no two runs the same: shrinking would chase its own tail.
      expect(await holds(property, seed, times(8, 500), { shrinks: false })).toBe(true);
    },
    TIMEOUT_MS,
  );
});
