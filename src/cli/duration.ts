const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A day: longer than anybody waits, and well within what a timer of Node can hold. */
const LONGEST_MS = 86_400_000;

/** @internal */
export const DURATION_EXAMPLES =
  'milliseconds or with a unit: 4000, 250ms, 1.5s, 2m; at most a day';

/**
 * @returns milliseconds; undefined where the text is no duration, or none of whole milliseconds
 * @internal
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const exact = Number(amount) * UNITS_MS[unit]!;
  const ms = Math.round(exact);
  // 1.1 times 1000 is not 1100 in binary numbers, but nearly.
  if (Math.abs(exact - ms) > 1e-6 || ms > LONGEST_MS) return undefined;
  return ms;
}
