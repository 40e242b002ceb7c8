import type { LoadSeries } from './load-series.js';
import type { Ink } from './terminal-ink.js';
import { STATE_INKS, STATE_LETTERS } from './terminal-states.js';
import { TerminalStrip } from './terminal-strip.js';
import type { TimeAxis } from './time-axis.js';
import type { Mark, StateBar } from './timeline.js';
import type { WorkBar } from './work-bars.js';

const LEVELS = ' ▁▂▃▄▅▆▇█';
const LOOKS: Readonly<Record<WorkBar['look'], readonly [letter: string, ink: Ink]>> = {
  whole: ['█', 'blue'],
  broken: ['░', 'yellow'],
  cut: ['▓', 'red'],
};

/** The labels and the line of an axis. @internal */
export function axisStrips(
  axis: TimeAxis,
  cells: number,
  limitMs?: number,
): { labels: TerminalStrip; ruler: TerminalStrip } {
  const labels = new TerminalStrip(cells, axis);
  const ruler = new TerminalStrip(cells, axis).put(0, '─'.repeat(cells), 'dim');
  for (const { atMs, label } of axis.ticks) {
    const at = ruler.cellOf(atMs);
    ruler.put(at, '┴', 'dim');
    const start = Math.min(at, cells - label.length);
    if (labels.isFree(start - 1, label.length + 1)) labels.put(start, label, 'dim');
  }
  if (limitMs !== undefined) ruler.put(ruler.cellOf(limitMs), '┃', 'red');
  return { labels, ruler };
}

/** @internal */
export function stateStrip(
  states: readonly StateBar[],
  axis: TimeAxis,
  cells: number,
): TerminalStrip {
  const strip = new TerminalStrip(cells, axis);
  for (const { state, atMs, endMs } of states) {
    const { start, length } = strip.cellsOf(atMs, endMs);
    strip.put(start, STATE_LETTERS[state].repeat(length), STATE_INKS[state]);
    const name = ` ${state} `;
    if (length >= name.length + 2) {
      strip.put(start + Math.floor((length - name.length) / 2), name, 'strong');
    }
  }
  return strip;
}

/** Each cell shows its highest value. @internal */
export function loadStrip(
  { steps, most }: LoadSeries,
  axis: TimeAxis,
  cells: number,
): TerminalStrip {
  const strip = new TerminalStrip(cells, axis);
  const values = Array.from({ length: cells }, () => 0);
  for (const { fromMs, toMs, value } of steps) {
    const { start, length } = strip.cellsOf(fromMs, toMs);
    for (let cell = start; cell < start + length; cell += 1) {
      values[cell] = Math.max(values[cell] ?? 0, value);
    }
  }
  const letters = values.map((value) => LEVELS[Math.ceil((value / most) * 8)]);
  return strip.put(0, letters.join(''), 'blue');
}

/** @internal */
export function markStrip({ last }: Mark, axis: TimeAxis, cells: number): TerminalStrip {
  const strip = new TerminalStrip(cells, axis);
  if (last === undefined) return strip;
  const [start, end] = [strip.cellOf(0), strip.cellOf(last.atMs)];
  strip.put(start, `${'─'.repeat(Math.max(0, end - start))}┤`, 'blue');
  const words = ` ${last.text} `;
  const hasRoom = end + 1 + words.length <= cells;
  return strip.put(hasRoom ? end + 1 : end - words.length, words, 'dim');
}

/** @internal */
export function workStrip(bar: WorkBar, axis: TimeAxis, cells: number): TerminalStrip {
  const strip = new TerminalStrip(cells, axis);
  const [letter, ink] = LOOKS[bar.look];
  const { start, length } = strip.cellsOf(bar.atMs, bar.endMs);
  strip.put(start, letter.repeat(length), ink);
  if (bar.isClipped) strip.put(start, '◂', ink);
  // Readable without colours: completed is a solid bar, aborted is pale, cut has a cross.
  if (bar.look === 'cut') strip.put(Math.min(cells - 1, start + length), '✗', ink);
  return strip;
}
