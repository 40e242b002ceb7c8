/** Decorates a method without the syntax, so that the file runs as it stands. */
export function decorate(target, method, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, method);
  for (const decorator of decorators) decorator(target.prototype, method, descriptor);
}

/** The same for the parameters of a method, from the first; `undefined` is the constructor. */
export function decorateParameters(target, method, ...decorators) {
  const on = method === undefined ? target : target.prototype;
  decorators.forEach((decorator, index) => decorator(on, method, index));
}
