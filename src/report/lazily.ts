/** A function that makes a value when it is first called, and returns that one from then on. @internal */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
