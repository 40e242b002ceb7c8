/** Take two cells of a terminal, and as much in most fonts: East Asian letters, and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
const LETTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How wide one letter is, in cells. @internal */
export type LetterWidth = (letter: string) => number;

/** How many cells of a terminal a text takes; a good guess for unusual scripts. @internal */
export function cellWidth(text: string, widthOf: LetterWidth = letterWidth): number {
  return lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** Shortens a long text in its middle: both ends of a name tell the most. @internal */
export function shorten(text: string, cells: number, widthOf: LetterWidth = letterWidth): string {
  if (cellWidth(text, widthOf) <= cells) return text;
  const letters = lettersOf(text);
  const start = startOf(letters, Math.floor((cells - 1) / 2), widthOf);
  const end = startOf(letters.toReversed(), cells - 1 - cellWidth(start, widthOf), widthOf);
  return `${start}…${lettersOf(end).toReversed().join('')}`;
}

/** Shortened or filled up with spaces, to take exactly as many cells. @internal */
export function fit(text: string, cells: number): string {
  const short = shorten(text, cells);
  return short + ' '.repeat(Math.max(0, cells - cellWidth(short)));
}

/** Lines of at most so many cells; a text that takes more lines ends in an ellipsis. @internal */
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
    // A word that is longer than a line has no better place to be broken.
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

/** Letters as people count them: with their accents. */
function lettersOf(text: string): string[] {
  return Array.from(LETTERS.segment(text), ({ segment }) => segment);
}

/** @internal */
export function letterWidth(letter: string): number {
  return WIDE.test(letter) ? 2 : 1;
}
