import type { ShutdownReport } from '../../report/shutdown-report.js';
import type { Paragraph } from './paragraphs.js';
import { type Ink, inColour, type Paint, withoutColour } from './terminal-ink.js';
import { STATE_INKS, STATE_LETTERS } from './terminal-states.js';
import type { TerminalStrip } from './terminal-strip.js';
import { axisStrips, loadStrip, markStrip, stateStrip, workStrip } from './terminal-strips.js';
import { fit, shorten, wrap } from './text-cells.js';
import type { TimeAxis } from './time-axis.js';
import { type Timeline, timelineOf } from './timeline.js';
import type { WorkBars } from './work-bars.js';

/** @internal */
export interface TerminalOptions {
  /** The width of the terminal. @defaultValue 80 */
  readonly columns?: number | undefined;
  /** @defaultValue false */
  readonly colours?: boolean;
}

const LEAST_COLUMNS = 60;
const MOST_COLUMNS = 120;
const NOTE_CELLS = 19;
const MOST_LINES = 5;
const RESULTS: Readonly<Record<Timeline['result'], readonly [Ink, string]>> = {
  clean: ['green', '✓ clean'],
  forced: ['yellow', '! forced'],
  failed: ['red', '✗ failed'],
};

/** Draws a report with characters, as wide as the terminal. @internal */
export function terminalPicture(report: ShutdownReport, options: TerminalOptions = {}): string {
  const timeline = timelineOf(report);
  return new TerminalPicture(options).draw(timeline);
}

class TerminalPicture {
  readonly #columns: number;
  readonly #nameCells: number;
  readonly #stripCells: number;
  readonly #paint: Paint;

  constructor({ columns = 80, colours = false }: TerminalOptions) {
    this.#columns = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns));
    this.#nameCells = Math.floor(this.#columns * 0.33);
    this.#stripCells = this.#columns - this.#nameCells - NOTE_CELLS - 2;
    this.#paint = colours ? inColour : withoutColour;
  }

  draw(timeline: Timeline): string {
    const parts = [
      this.#heading(timeline),
      this.#overTime(timeline),
      this.#work('slowest requests', timeline.requests, timeline.axis),
      this.#hooks(timeline),
      timeline.paragraphs.flatMap((paragraph) => this.#paragraph(paragraph)),
    ];
    const lines = parts
      .flatMap((part) => (part.length > 0 ? [...part, ''] : []))
      .map((line) => line.trimEnd());
    return `${lines.join('\n').trimEnd()}\n`;
  }

  #heading({ title, result, total, origin, figures }: Timeline): string[] {
    const [ink, sign] = RESULTS[result];
    const rest = `${sign}, ${total}`;
    const begun = shorten(title, Math.max(12, this.#columns - rest.length - 2));
    const counted = figures.map(({ value, label }) => `${value} ${label}`).join(', ');
    return [
      `${this.#paint('strong', begun)}  ${this.#paint(ink, sign)}, ${total}`,
      this.#paint('dim', shorten(origin, this.#columns)),
      ...wrap(counted, this.#columns, MOST_LINES),
    ];
  }

  #overTime(timeline: Timeline): string[] {
    const { axis, states, load, marks } = timeline;
    return [
      ...this.#axis(axis, '', timeline.budget),
      this.#row('states', stateStrip(states, axis, this.#stripCells), ''),
      ...states.map(({ state, took, end }) => {
        const sign = this.#paint(STATE_INKS[state], STATE_LETTERS[state].repeat(2));
        return `${' '.repeat(this.#nameCells + 1)}${sign} ${state} ${took}, ${end}`;
      }),
      ...load.map((series) =>
        this.#row(
          series.label,
          loadStrip(series, axis, this.#stripCells),
          `at most ${series.most}`,
        ),
      ),
      ...marks.map((mark) =>
        this.#row(mark.label, markStrip(mark, axis, this.#stripCells), mark.text),
      ),
    ];
  }

  #work(heading: string, { bars, others }: WorkBars, axis: TimeAxis): string[] {
    if (bars.length === 0) return [];
    return [
      ...(heading === '' ? [] : [this.#paint('strong', heading)]),
      ...bars.map((bar) => this.#row(bar.label, workStrip(bar, axis, this.#stripCells), bar.note)),
      ...(others > 0 ? [this.#paint('dim', `and ${others} more`)] : []),
    ];
  }

  #hooks({ hooks }: Timeline): string[] {
    if (!hooks.isMagnified) return this.#work('hooks', hooks, hooks.axis);
    return [...this.#axis(hooks.axis, 'hooks, enlarged'), ...this.#work('', hooks, hooks.axis)];
  }

  #axis(axis: TimeAxis, name: string, budget?: Timeline['budget']): string[] {
    const { labels, ruler } = axisStrips(axis, this.#stripCells, budget?.atMs);
    const after = budget === undefined ? '' : `budget: ${budget.end}`;
    return [
      this.#row(name, labels, after, 'strong'),
      this.#row('', ruler, budget?.atMs === undefined ? '' : '┃ its end'),
    ];
  }

  #row(name: string, strip: TerminalStrip, note: string, ink: Ink = 'plain'): string {
    const begin = this.#paint(ink, fit(name, this.#nameCells));
    return `${begin} ${strip.painted(this.#paint)} ${shorten(note, NOTE_CELLS)}`;
  }

  #paragraph({ heading, lines, isBad }: Paragraph): string[] {
    const cells = this.#columns - this.#nameCells - 1;
    const bullet = lines.length > 1 ? '- ' : '';
    const rows = lines.flatMap((line) =>
      wrap(line, cells - bullet.length, MOST_LINES).map((words, index) =>
        index === 0 ? bullet + words : ' '.repeat(bullet.length) + words,
      ),
    );
    return rows.map((row, index) => {
      const name = fit(index === 0 ? heading : '', this.#nameCells);
      return `${this.#paint(isBad ? 'red' : 'strong', name)} ${row}`;
    });
  }
}
