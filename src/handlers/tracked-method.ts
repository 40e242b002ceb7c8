import 'reflect-metadata';

/** @internal */
export type Method = (this: unknown, ...args: any[]) => unknown;

/** A handler of that object begins. @returns what ends it @internal */
export type Begin = (handler: unknown) => () => void;

const tracked = new WeakSet<object>();

/** Whether a method tells by itself when it runs. @internal */
export function isTracked(method: object): boolean {
  return tracked.has(method);
}

/**
 * Takes the place of a method: with its name, its number of parameters, its metadata, and whatever
 * else is on it.
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
 * A method that is called as it was, and whose promise is work in flight. One that returns none has
 * ended when it returns.
 *
 * @internal
 */
export function trackedMethod(original: Method, begin: Begin): Method {
  return inPlaceOf(original, function (...args) {
    const result = original.apply(this, args);
    return isPromise(result) ? awaitHandler(result, begin(this)) : result;
  });
}

/** Handled by nobody, its rejection stays unhandled. Stack traces are searched for this name. */
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
