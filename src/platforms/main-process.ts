import { readFileSync } from 'node:fs';

const INIT_PID = 1;
/** Inits that run one program and pass the signals on to it. Others keep them, as a shell does. */
const INITS: ReadonlySet<string> = new Set(['docker-init', 'tini', 'tini-static', 'dumb-init']);
/** Of `/proc/PID/stat`, counted from behind the name, which may have spaces (proc_pid_stat(5)). */
const GROUP_FIELD = 2;

/** What is asked of `/proc`. @internal */
export interface Processes {
  readonly pid: number;
  readonly ppid: number;
  /** A file of `/proc`; throws where there is none. */
  read(path: string): string;
}

const here: Processes = {
  pid: process.pid,
  ppid: process.ppid,
  read: (path) => readFileSync(path, 'utf8'),
};

/**
 * Whether a container runs for this process, and its signals come here: it is PID 1, or what an
 * init as PID 1 has started. A process that has outlived its parent is a child of PID 1, too, but
 * in the process group of that parent; inits give their program a group of its own.
 *
 * @internal
 */
export function isMainProcess(processes: Processes = here): boolean {
  const { pid, ppid } = processes;
  if (pid === INIT_PID) return true;
  if (ppid !== INIT_PID) return false;
  try {
    const init = processes.read('/proc/1/comm').trim();
    return INITS.has(init) && groupIn(processes.read('/proc/self/stat')) === pid;
  } catch {
    return false;
  }
}

function groupIn(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[GROUP_FIELD]);
}
