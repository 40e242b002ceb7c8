import { letterWidth } from './text-cells.js';

/** What a cell is, in the fonts that a system has for prose; the widest of them counts. */
const WIDTHS: readonly (readonly [letters: RegExp, cells: number])[] = [
  [/^[ ijlIftr.,:;'|!()[\]]/, 0.65],
  [/^[mwMW@%]/, 1.85],
  [/^[A-Z]/, 1.3],
  [/^[\w<>&=+~#-]/, 1.15],
];

/** How wide a letter of prose is at most; nothing in an SVG breaks lines. @internal */
export function proseWidth(letter: string): number {
  return WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? letterWidth(letter) * 1.15;
}
