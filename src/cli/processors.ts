import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/**
 * The number of CPUs that this process may use, within the quota of its container. Node 20 ignores
 * the quota; libuv respects it from 1.49 on.
 *
 * @internal
 */
export function processors(
  parallelism: number = availableParallelism(),
  read: (file: string) => string | undefined = contentOf,
): number {
  const quotas = groups(read).map((group) => quotaOf(read(join(ROOT, group, 'cpu.max'))));
  return Math.max(1, Math.floor(Math.min(parallelism, ...quotas)));
}

/** The cgroup (v2) of this process and its ancestors, because each may have a quota. */
function groups(read: (file: string) => string | undefined): string[] {
  const [, own] = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '') ?? [];
  if (own === undefined) return [];
  const all = [own];
  while (all.at(-1) !== '/') all.push(dirname(all.at(-1)!));
  return all;
}

/** @param max - `<quota> <period>` in microseconds, or `max <period>` */
function quotaOf(max: string | undefined): number {
  const [, quota, period] = /^(\d+) (\d+)/.exec(max ?? '') ?? [];
  return quota === undefined ? Infinity : Number(quota) / Number(period);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
