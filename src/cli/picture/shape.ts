import { plain } from '../../shutdown/plain-text.js';

/** Far more than a real report has; a longer list is an attack. */
const LONGEST_LIST = 10_000;

/** The problems of a value, one sentence each. @internal */
export type Shape = (value: unknown, name: string) => string[];

/** A finite number. @internal */
export const number: Shape = (value, name) =>
  Number.isFinite(value) ? [] : mismatch(value, name, 'a number');

/** A count or a duration. @internal */
export const amount: Shape = (value, name) =>
  Number.isFinite(value) && (value as number) >= 0
    ? []
    : mismatch(value, name, 'a number of 0 or more');

/** @internal */
export const text: Shape = (value, name) =>
  typeof value === 'string' ? [] : mismatch(value, name, 'a string');

/** @internal */
export const truth: Shape = (value, name) =>
  typeof value === 'boolean' ? [] : mismatch(value, name, 'true or false');

/** @internal */
export function oneOf(...allowed: readonly (string | number)[]): Shape {
  return (value, name) =>
    allowed.includes(value as string) ? [] : mismatch(value, name, allowed.join(', '));
}

/** @internal */
export function optional(shape: Shape): Shape {
  return (value, name) => (value === undefined ? [] : shape(value, name));
}

/** @internal */
export function list(shape: Shape): Shape {
  return (value, name) => {
    if (!Array.isArray(value)) return mismatch(value, name, 'a list');
    if (value.length > LONGEST_LIST) {
      return [`${name} has ${value.length} entries, expected at most ${LONGEST_LIST}`];
    }
    return value.flatMap((one: unknown, index) => shape(one, `${name}[${index}]`));
  };
}

/** Allows other keys, which later versions may add. @internal */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- so that the shape of a type has all its keys
export function record<T>(shapes: { readonly [Key in keyof T]-?: Shape }): Shape {
  const entries = Object.entries<Shape>(shapes);
  return (value, name) =>
    isRecord(value)
      ? entries.flatMap(([key, shape]) => shape(value[key], name === '' ? key : `${name}.${key}`))
      : mismatch(value, name, 'an object');
}

/** @internal */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mismatch(value: unknown, name: string, expected: string): string[] {
  return [`${name} is ${shown(value)}, expected ${expected}`];
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : plain(JSON.stringify(value), 60);
}
