// The most memory that this process has had resident since a moment, as Linux keeps it. Nothing has
// to look while it happens, so no peak is missed.
import { readFileSync, writeFileSync } from 'node:fs';

/** Of proc(5): resets the peak. */
const RESET_PEAK = '5';

/** The peak begins anew. @returns the bytes resident now; undefined where the system cannot tell */
export function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', RESET_PEAK);
    return bytesOf('VmRSS');
  } catch {
    return undefined;
  }
}

/** @returns bytes; undefined where the system cannot tell */
export function peak() {
  try {
    return bytesOf('VmHWM');
  } catch {
    return undefined;
  }
}

function bytesOf(field) {
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  );
  return Number(kibibytes) * 1024;
}
