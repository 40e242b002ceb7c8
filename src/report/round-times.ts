/** The same, rounded to tenths of a ms. @internal */
export function roundTimes<T>(value: T): T {
  if (typeof value === 'number') return (Math.round(value * 10) / 10) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => roundTimes(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, roundTimes(item as unknown)]),
  ) as T;
}
