import { OPTION_RULES } from './command-options.js';

/**
 * Rewrites `--svg a.svg` to `--svg=a.svg`, for options whose value is optional: the next word may
 * also be the file to read.
 *
 * @internal
 */
export function joinOptionalValues(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (word === '--') return [...joined, ...argv.slice(index)];
    const next = argv[index + 1];
    const isValue = next !== undefined && isValueOf(word, next);
    joined.push(isValue ? `${word}=${next}` : word);
    if (isValue) index += 1;
  }
  return joined;
}

function isValueOf(option: string, word: string): boolean {
  const name = option.startsWith('--') ? option.slice(2) : '';
  const value = Object.hasOwn(OPTION_RULES, name) ? OPTION_RULES[name]!.value : undefined;
  return value?.isOptional === true && value.read(word) !== undefined;
}
