import { letterWidth } from './text-cells.js';

/** Letter widths in cells, in the widest of the common system fonts. */
const WIDTHS: readonly (readonly [letters: RegExp, cells: number])[] = [
  [/^[ ijlIftr.,:;'|!()[\]]/, 0.65],
  [/^[mwMW@%]/, 1.85],
  [/^[A-Z]/, 1.3],
  [/^[\w<>&=+~#-]/, 1.15],
];

/** The largest width of a letter, because SVG text does not wrap. @internal */
export function proseWidth(letter: string): number {
  return WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? letterWidth(letter) * 1.15;
}
