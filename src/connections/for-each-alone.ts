/**
 * Takes a step for each, even if others throw: one connection that throws while it is cut must not
 * leave the rest open.
 *
 * @throws the first error, after the last step
 * @internal
 */
export function forEachAlone<T>(items: Iterable<T>, step: (item: T) => void): void {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      step(item);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
