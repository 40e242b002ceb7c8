import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { times } from '../support/runs.js';
import { holds, seeds } from './property.js';
import { RandomProcess } from './random-process.js';
import { plans } from './sequence-plan.js';

describe.each(seeds)('with seed %i', (seed) => {
  it('the shutdown of a process keeps its promises, whatever happens', async () => {
    const property = fc.asyncProperty(plans, (plan) => new RandomProcess(plan).play());
    expect(await holds(property, seed, times(1000, 100_000))).toBe(true);
  });
});
