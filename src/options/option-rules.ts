import { inspect } from 'node:util';

/** The values that an option may have. @internal */
export interface OptionRule {
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

/** A day: longer than any platform waits, and well within what a timer of Node can hold. */
const LONGEST_MS = 86_400_000;

/** @internal */
export const duration: OptionRule = {
  allowed: `a whole number of milliseconds from 0 to ${LONGEST_MS}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_MS,
};

/** @param allowed - the range in words @internal */
export function between(least: number, most: number, allowed: string): OptionRule {
  return { allowed, accepts: (value) => Number(value) >= least && Number(value) <= most };
}

/** @internal */
export const flag: OptionRule = {
  allowed: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** @internal */
export function oneOf(values: readonly string[]): OptionRule {
  return {
    allowed: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    accepts: (value) => typeof value === 'string' && values.includes(value),
  };
}

/** @internal */
export const path: OptionRule = {
  allowed: 'the path of a file',
  accepts: (value) => typeof value === 'string' && value !== '',
};

/**
 * Copies options into a plain object. A class may hold them as fields, as getters or on its
 * prototype.
 *
 * @internal
 */
export function readOptions(given: object): Record<string, unknown> {
  const names = new Set<string>();
  for (let owner = given; isOwner(owner); owner = Object.getPrototypeOf(owner) as object) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      // A method is no option, nor is the constructor.
      const isMethod = owner !== given && typeof property.value === 'function';
      if (!isMethod && (property.enumerable || property.get)) names.add(name);
    }
  }
  return Object.fromEntries([...names].map((name) => [name, Reflect.get(given, name) as unknown]));
}

/** Excludes `Object.prototype` of any realm. */
function isOwner(owner: object | null): boolean {
  return owner !== null && !Object.hasOwn(owner, 'hasOwnProperty');
}

/** Every problem with the options. An undefined option has its default. @internal */
export function problemsWith(rules: Readonly<Record<string, OptionRule>>, given: object): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(rules, name)) {
      return [`unknown option ${name}, expected one of ${Object.keys(rules).join(', ')}`];
    }
    return value === undefined ? [] : problemWith(name, value, rules[name]!);
  });
}

/** @internal */
export function problemWith(name: string, value: unknown, rule: OptionRule): string[] {
  return rule.accepts(value) ? [] : [`${name} is ${show(value)}, expected ${rule.allowed}`];
}

function show(value: unknown): string {
  if (Number.isNaN(value)) return 'NaN (an environment variable that is not a number?)';
  return inspect(value, { depth: 1, breakLength: Infinity });
}
