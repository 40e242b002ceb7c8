import { readdirSync, readFileSync } from 'node:fs';

import { afterEach, expect, it } from 'vitest';

import { BEFORE_DEADLINE_MS } from '../support/bounds.js';
import { endCommands, RunningCommand } from '../support/running-command.js';

const isLong = process.env['LONG_RUN'] === '1';
const reloads = isLong ? 100 : 8;
/** What the first ones bring does not come again. */
const warmUp = 3;
const patienceMs = isLong ? 3_600_000 : 180_000;

interface Use {
  readonly descriptors: number;
  readonly children: number;
  readonly megabytes: number;
}

function useOf(pid: number): Use {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: children === '' ? 0 : children.split(' ').length,
    megabytes: Number(kilobytes) / 1024,
  };
}

afterEach(endCommands);

it.skipIf(process.platform !== 'linux')(
  'the primary keeps no descriptors, memory or children after many reloads (needs /proc)',
  async () => {
    const service = await RunningCommand.start();
    const uses: Use[] = [];
    for (let i = 0; i < reloads; i++) {
      expect(await service.reload()).toMatchObject({ code: 0 });
      await service.statusWith('end of the old worker', ({ workers }) => workers.length === 1);
      uses.push(useOf(service.pid));
    }
    const [before, after] = [uses[warmUp]!, uses.at(-1)!];
    expect(after.children).toBe(before.children);
    // The connection that asked for the status may not be closed yet.
    await expect
      .poll(() => useOf(service.pid).descriptors, { timeout: BEFORE_DEADLINE_MS })
      .toBeLessThanOrEqual(before.descriptors);
    expect(after.megabytes).toBeLessThan(before.megabytes + 20);
  },
  patienceMs,
);
