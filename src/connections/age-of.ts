import type { DrainTask } from '../shutdown/drain-participant.js';

/**
 * How old a request is.
 *
 * @param since - when it began; undefined if it began before requests were followed
 * @param followedSince - when requests began to be followed
 * @internal
 */
export function ageOf(
  since: number | undefined,
  followedSince: number,
  now: number,
): Omit<DrainTask, 'label'> {
  if (since === undefined) return { ageMs: now - followedSince, isOlder: true };
  return { ageMs: now - since };
}
