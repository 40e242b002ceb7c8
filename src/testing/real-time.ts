import { realTimers } from '../shutdown/real-timers.js';

const { setImmediate, setTimeout, now } = realTimers;

/** Waits for one turn of the event loop. @internal */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** @returns whether the condition held within `ms` of real time @internal */
export async function isSoWithin(ms: number, isSo: () => boolean): Promise<boolean> {
  const end = now() + ms;
  while (!isSo()) {
    if (now() >= end) return false;
    await new Promise((resolve) => void setTimeout(resolve, 1));
  }
  return true;
}
