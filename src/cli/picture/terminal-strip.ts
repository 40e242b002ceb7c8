import { type Ink, type Paint } from './terminal-ink.js';
import { placeOf, type TimeAxis } from './time-axis.js';

/** One line of cells over time, for letters one cell wide. @internal */
export class TerminalStrip {
  readonly #letters: string[];
  readonly #inks: Ink[];

  constructor(
    readonly length: number,
    private readonly axis: TimeAxis,
  ) {
    this.#letters = Array.from({ length }, () => ' ');
    this.#inks = Array.from({ length }, () => 'plain');
  }

  /** The cell of a time; the end of the axis is in the last cell. */
  cellOf(ms: number): number {
    return Math.min(this.length - 1, Math.floor(placeOf(ms, this.axis) * this.length));
  }

  /** The cells of a time span, at least one. */
  cellsOf(fromMs: number, toMs: number): { start: number; length: number } {
    const start = this.cellOf(fromMs);
    const end = Math.round(placeOf(toMs, this.axis) * this.length);
    return { start, length: Math.max(1, end - start) };
  }

  /** Clips text outside the strip. */
  put(at: number, text: string, ink: Ink): this {
    text.split('').forEach((letter, index) => {
      const cell = at + index;
      if (cell < 0 || cell >= this.length) return;
      this.#letters[cell] = letter;
      this.#inks[cell] = ink;
    });
    return this;
  }

  isFree(at: number, length: number): boolean {
    return this.#letters.slice(Math.max(0, at), at + length).every((letter) => letter === ' ');
  }

  painted(paint: Paint): string {
    let text = '';
    for (let start = 0; start < this.length;) {
      const ink = this.#inks[start]!;
      const next = this.#inks.findIndex((other, index) => index > start && other !== ink);
      const end = next < 0 ? this.length : next;
      text += paint(ink, this.#letters.slice(start, end).join(''));
      start = end;
    }
    return text;
  }
}
