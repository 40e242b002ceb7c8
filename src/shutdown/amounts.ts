/** A duration for log lines and errors: `4.0 s`. @internal */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A number with its noun: `1 request`, `2 requests`. @internal */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
