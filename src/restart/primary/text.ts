/** @internal */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @internal */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** @internal */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
