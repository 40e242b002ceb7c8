import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isLongRun, times } from '../support/runs.js';
import { plans } from './module-plan.js';
import { holds, seeds } from './property.js';
import { RandomModule } from './random-module.js';

const TIMEOUT_MS = isLongRun ? 3_600_000 : 180_000;

describe.each(seeds)('with seed %i', (seed) => {
  it(
    'the clients of an application and its report agree, whatever happens',
    async () => {
      const property = fc.asyncProperty(plans, (plan) => RandomModule.play(plan));
      expect(await holds(property, seed, times(100, 5000))).toBe(true);
    },
    TIMEOUT_MS,
  );
});
