/** Whether the suites repeat what they repeat as often as they can: `npm run test:long`. */
export const isLongRun = process.env['LONG_RUN'] === '1';

/** How often something is done: the second number counts in a long run. */
export function times(usually: number, inLongRun: number): number {
  return isLongRun ? inLongRun : usually;
}
