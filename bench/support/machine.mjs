import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

/** Of /proc/self/stat (proc(5)): in user mode and in the kernel, its own and that of its children. */
const TIMES = [11, 12, 13, 14];
/** Of a second: USER_HZ, which Linux keeps at 100 for its readers. */
const TICKS_PER_SECOND = 100;

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

/** Processes that want a processor, over the last minute. */
export function loadAverage() {
  return Number(loadavg()[0].toFixed(2));
}

/**
 * What share of the machine others use from now on, processes of this one that have ended not counted.
 *
 * @returns asks for it, from 0 to 1; undefined where the system cannot tell
 */
export function watchOthers() {
  const [all, own, begin] = [usedByAll(), usedByUs(), performance.now()];
  return () => {
    if (own === undefined) return undefined;
    const others = usedByAll() - all - (usedByUs() - own);
    return Math.max(0, others / ((performance.now() - begin) * cpus().length));
  };
}

function usedByAll() {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
    0,
  );
}

/** Of this process and its children that have ended. */
function usedByUs() {
  try {
    // The name of the program is in parentheses, and may have spaces.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    const ticks = TIMES.reduce((sum, i) => sum + Number(fields[i]), 0);
    return (ticks / TICKS_PER_SECOND) * 1000;
  } catch {
    return undefined;
  }
}
