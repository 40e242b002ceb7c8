const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A day, which is well within the range of a Node timer. */
const LONGEST_MS = 86_400_000;

/** @internal */
export const DURATION_EXAMPLES =
  'milliseconds or with a unit: 4000, 250ms, 1.5s, 2m; at most a day';

/**
 * @returns milliseconds; undefined if the text is not a duration in whole milliseconds
 * @internal
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const exact = Number(amount) * UNITS_MS[unit]!;
  const ms = Math.round(exact);
  // In floating point, 1.1 * 1000 is only nearly 1100.
  if (Math.abs(exact - ms) > 1e-6 || ms > LONGEST_MS) return undefined;
  return ms;
}
