import { existsSync, readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';

import { inBackground } from './background-thread.js';

const { PRIORITY_BELOW_NORMAL } = constants.priority;
const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function idle(): Worker {
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  workers.push(worker);
  return worker;
}

/** How many threads of this process give way. */
function countGivingWay(): number {
  const priorities = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
  return priorities.filter((one) => one === PRIORITY_BELOW_NORMAL).length;
}

describe.skipIf(!existsSync('/proc/self/task'))('a thread in the background', () => {
  it('gives way, and no other thread does', () => {
    const before = countGivingWay();
    const worker = inBackground(idle);
    expect(workers).toEqual([worker]);
    expect(countGivingWay()).toBe(before + 1);
    expect(getPriority()).not.toBe(PRIORITY_BELOW_NORMAL);
  });

  it('is left alone if it is not the only new one', () => {
    const before = countGivingWay();
    inBackground(() => [idle(), idle()]);
    expect(countGivingWay()).toBe(before);
  });
});
