import { plain } from '../../../shutdown/plain-text.js';
import { element, textAt } from '../../picture/svg-element.js';
import { svgSheet } from '../../picture/svg-sheet.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { type KindCounts, lostOf } from '../tally.js';

const WIDTH = 800;
const MARGIN = 24;
const ROW = 24;
const BAR_X = 190;
const BAR_WIDTH = 400;
const BAR_HEIGHT = 12;

/** A rehearsal as a picture: what each kind of client sent and lost. @internal */
export function svgTable({ runs }: RehearsalResult): string {
  const rows = runs.flatMap((run) => runRows(run));
  const height = 2 * MARGIN + rows.length * ROW;
  const title = plain(runs.map(({ name, verdict }) => `${name}: ${verdict.sentence}`).join(' '));
  return svgSheet(
    { width: WIDTH, height, title },
    ...rows.map((draw, i) => draw(MARGIN + i * ROW + BAR_HEIGHT)),
  );
}

type DrawRow = (y: number) => string;

function runRows({ name, verdict, after }: RehearsalRun): DrawRow[] {
  const most = Math.max(1, ...after.map(({ sent }) => sent));
  const look = verdict.ok ? 'nd-clean nd-strong' : 'nd-bad nd-strong';
  return [
    (y) => textAt(MARGIN, y, look, plain(`${name}: ${verdict.sentence}`)),
    ...after.map(
      (counts): DrawRow =>
        (y) =>
          clientRow(counts, most, y),
    ),
  ];
}

function clientRow({ kind, sent, lost }: KindCounts, most: number, y: number): string {
  const count = lostOf(lost);
  const width = (BAR_WIDTH * sent) / most;
  const lostWidth = count === 0 ? 0 : Math.max(2, (width * count) / sent);
  const told = count === 0 ? `${sent} answered` : `${count} of ${sent} lost`;
  const bar = { y: y - BAR_HEIGHT + 2, height: BAR_HEIGHT };
  return [
    textAt(MARGIN, y, 'nd-ink', kind),
    element('rect', { x: BAR_X, width, class: 'nd-whole', ...bar }),
    element('rect', { x: BAR_X + width - lostWidth, width: lostWidth, class: 'nd-cut', ...bar }),
    textAt(BAR_X + BAR_WIDTH + 16, y, count === 0 ? 'nd-dim' : 'nd-bad', told),
  ].join('');
}
