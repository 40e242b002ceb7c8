/** East Asian letters and emoji, which take two cells in terminals and most fonts. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
const LETTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The width of one letter in cells. @internal */
export type LetterWidth = (letter: string) => number;

/** The width of a text in terminal cells; an estimate for unusual scripts. @internal */
export function cellWidth(text: string, widthOf: LetterWidth = letterWidth): number {
  return lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** Shortens a long text in the middle, because the ends of a name tell the most. @internal */
export function shorten(text: string, cells: number, widthOf: LetterWidth = letterWidth): string {
  if (cellWidth(text, widthOf) <= cells) return text;
  const letters = lettersOf(text);
  const start = startOf(letters, Math.floor((cells - 1) / 2), widthOf);
  const end = startOf(letters.toReversed(), cells - 1 - cellWidth(start, widthOf), widthOf);
  return `${start}…${lettersOf(end).toReversed().join('')}`;
}

/** Shortens or pads a text to exactly this width. @internal */
export function fit(text: string, cells: number): string {
  const short = shorten(text, cells);
  return short + ' '.repeat(Math.max(0, cells - cellWidth(short)));
}

/** Wraps a text; one with too many lines ends in an ellipsis. @internal */
export function wrap(
  text: string,
  cells: number,
  mostLines: number,
  widthOf: LetterWidth = letterWidth,
): string[] {
  const lines: string[] = [];
  let rest = text;
  while (cellWidth(rest, widthOf) > cells && lines.length < mostLines - 1) {
    const line = startOf(lettersOf(rest), cells, widthOf);
    const space = rest[line.length] === ' ' ? line.length : line.lastIndexOf(' ');
    // A word longer than the line is broken anywhere.
    const end = space > line.length / 2 ? space : line.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  const last = startOf(lettersOf(rest), cells, widthOf);
  lines.push(last === rest ? rest : `${startOf(lettersOf(rest), cells - 1, widthOf)}…`);
  return lines;
}

function startOf(letters: readonly string[], cells: number, widthOf: LetterWidth): string {
  let width = 0;
  const end = letters.findIndex((letter) => (width += widthOf(letter)) > cells);
  return letters.slice(0, end < 0 ? letters.length : end).join('');
}

/** Splits into user-perceived characters, with their accents. */
function lettersOf(text: string): string[] {
  return Array.from(LETTERS.segment(text), ({ segment }) => segment);
}

/** @internal */
export function letterWidth(letter: string): number {
  return WIDE.test(letter) ? 2 : 1;
}
