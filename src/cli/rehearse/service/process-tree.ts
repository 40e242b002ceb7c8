import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly isZombie: boolean;
}

/**
 * The process group of a leader, and all descendants, which may have left the group.
 *
 * @internal
 */
export function processesOf(leader: number): number[] {
  const entries = (process.platform === 'linux' ? fromProc() : fromPs()).filter(
    ({ isZombie }) => !isZombie,
  );
  const members = new Set(
    entries.filter(({ pid, group }) => pid === leader || group === leader).map(({ pid }) => pid),
  );
  for (let size = -1; size !== members.size;) {
    size = members.size;
    for (const { pid, parent } of entries) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/** Whether a process is running; a zombie is not. @internal */
export function isRunning(pid: number): boolean {
  if (process.platform === 'linux') {
    const entry = procEntry(String(pid));
    return entry !== undefined && !entry.isZombie;
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The command line of a process, for messages. @internal */
export function commandOf(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function fromProc(): Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => procEntry(name) ?? []);
}

function procEntry(name: string): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The program name is in brackets, and may itself contain brackets.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid: Number(name),
      parent: Number(parent),
      group: Number(group),
      isZombie: state === 'Z' || state === 'X',
    };
  } catch {
    // It has exited meanwhile.
    return undefined;
  }
}

function fromPs(): Entry[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,state='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state = ''] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        isZombie: state.startsWith('Z'),
      };
    });
}
