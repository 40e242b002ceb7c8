/** @internal */
export type Ink =
  'plain' | 'strong' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';

/** Colours a text, or leaves it plain. @internal */
export type Paint = (ink: Ink, text: string) => string;

/** The 16 basic colours, which follow the theme of the terminal. */
const CODES: Readonly<Record<Exclude<Ink, 'plain'>, number>> = {
  strong: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

/** @internal */
export const inColour: Paint = (ink, text) =>
  ink === 'plain' || text === '' ? text : `\u001b[${CODES[ink]}m${text}\u001b[0m`;

/** @internal */
export const withoutColour: Paint = (_, text) => text;
