import 'reflect-metadata';

/** @internal */
export type Method = (this: unknown, ...args: any[]) => unknown;

/** Marks the begin of a handler of that object. @returns a function that marks its end @internal */
export type Begin = (handler: unknown) => () => void;

const tracked = new WeakSet<object>();

/** Whether a method already reports its own runs. @internal */
export function isTracked(method: object): boolean {
  return tracked.has(method);
}

/**
 * Makes a function look like the method that it replaces: name, number of parameters, metadata and
 * other properties.
 *
 * @internal
 */
export function inPlaceOf(original: Method, replacement: Method): Method {
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(original))) {
    if (key !== 'prototype') Object.defineProperty(replacement, key, property);
  }
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), replacement);
  }
  tracked.add(replacement);
  return replacement;
}

/**
 * Wraps a method so that its promise counts as work in flight. A method without a promise has ended
 * when it returns.
 *
 * @internal
 */
export function trackedMethod(original: Method, begin: Begin): Method {
  return inPlaceOf(original, function (...args) {
    const result = original.apply(this, args);
    return isPromise(result) ? awaitHandler(result, begin(this)) : result;
  });
}

/** Does not handle a rejection, which stays unhandled. Stack traces are searched for this name. */
async function awaitHandler(result: PromiseLike<unknown>, end: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    end();
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
