import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, platform, totalmem } from 'node:os';

/** Where it is measured; said with every time that is no ratio. */
export function machine() {
  return {
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    system: `${platform()} ${arch()}`,
  };
}

/** How many files, and so connections, a process may have open. Node raises its own to the hard limit. */
export function mostOpenFiles() {
  try {
    const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
    return limit === 'unlimited' ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}
