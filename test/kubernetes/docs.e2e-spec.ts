import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseArguments } from '../../src/cli/arguments.js';
import { podTimes } from '../../src/cli/pod-times.js';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/kubernetes.md'), 'utf8');
const sample = readFileSync(join(root, 'sample/14-kubernetes/README.md'), 'utf8');

/** The rows of the table of worked numbers, as text. */
function rows(): string[][] {
  const [, table = ''] = page.split(/^\| case .*$/m);
  const [, ...lines] = table.trimStart().split('\n\n')[0]!.split('\n');
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/kubernetes.md', () => {
  it.each(rows())('has the sums of the command: %s', (_, preStop, grace, drain, close, sum) => {
    const [preStopSeconds, gracePeriodMs, drainTimeoutMs, closeTimeoutMs] = [
      parseInt(preStop, 10) || 0,
      ...[grace, drain, close].map((cell) => parseInt(cell, 10) * 1000),
    ] as [number, number, number, number];
    const times = podTimes({ preStopSeconds, gracePeriodMs, drainTimeoutMs, closeTimeoutMs });
    expect(parseInt(sum, 10)).toBe(times.terminationGracePeriodSeconds);
  });

  it('has numbers to check', () => {
    expect(rows().length).toBeGreaterThan(3);
    expect(podTimes({}).terminationGracePeriodSeconds).toBe(Number(/P\+(30) s/.exec(page)![1]));
  });

  it('calls the command with valid arguments', () => {
    const calls = [...`${page}${sample}`.matchAll(/npx nestjs-drain (kubernetes[^`#\n]*)/g)];
    expect(calls.length).toBeGreaterThan(5);
    for (const [, line] of calls) {
      const argv = line!.trim().replace(/\.$/, '').split(/\s+/);
      expect(parseArguments(argv)).toMatchObject({ action: 'kubernetes' });
    }
  });
});
