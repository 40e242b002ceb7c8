// What Linux knows of a process; `undefined` elsewhere.
import { readFileSync } from 'node:fs';

/** Of a second: USER_HZ, which Linux keeps at 100 for its readers. */
const TICKS_PER_SECOND = 100;

/** In user mode and in the kernel, since its start. */
export function processorMs(pid) {
  // The name of the program is in parentheses, and may have spaces.
  const fields = read(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ');
  if (fields === undefined) return undefined;
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
