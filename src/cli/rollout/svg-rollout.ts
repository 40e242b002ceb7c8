import { plain } from '../../shutdown/plain-text.js';
import { element, textAt } from '../picture/svg-element.js';
import { svgSheet } from '../picture/svg-sheet.js';
import { factsOf, titleOf } from './rollout-text.js';
import type { Pod, Rollout } from './rollout.js';

const WIDTH = 960;
const MARGIN = 24;
const ROW = 20;
const BAR_X = 260;
const BAR_WIDTH = 480;
const BAR_HEIGHT = 10;
const MOST_BARS = 60;

/** A rollout as a picture: a bar for each shutdown, and the last new connection in it. @internal */
export function svgRollout(rollout: Rollout): string {
  const shown = rollout.pods.slice(0, MOST_BARS);
  const longestMs = Math.max(1, rollout.longest.totalMs);
  const rows: ((y: number) => string)[] = [
    (y) => textAt(MARGIN, y, 'nd-ink nd-strong', titleOf(rollout)),
    ...factsOf(rollout).flatMap(([heading, lines]) =>
      lines.map(
        (line, i) => (y: number) =>
          textAt(MARGIN, y, 'nd-dim', i === 0 ? heading : '') +
          textAt(MARGIN + 150, y, 'nd-ink', plain(line, 120)),
      ),
    ),
    () => '',
    ...shown.map((pod) => (y: number) => bar(pod, longestMs, y)),
  ];
  const height = 2 * MARGIN + rows.length * ROW;
  return svgSheet(
    { width: WIDTH, height, title: titleOf(rollout) },
    ...rows.map((draw, i) => draw(MARGIN + i * ROW + BAR_HEIGHT)),
  );
}

function bar(
  { host, result, totalMs, lastConnectionMs, differs }: Pod,
  longestMs: number,
  y: number,
): string {
  const scale = BAR_WIDTH / longestMs;
  const mark = lastConnectionMs === undefined ? undefined : BAR_X + lastConnectionMs * scale;
  const top = y - BAR_HEIGHT + 1;
  return [
    textAt(MARGIN, y, differs.length > 0 ? 'nd-bad' : 'nd-ink', plain(host, 32)),
    element('rect', {
      x: BAR_X,
      y: top,
      width: totalMs * scale,
      height: BAR_HEIGHT,
      class: `nd-${result}`,
    }),
    mark === undefined
      ? ''
      : element('line', { x1: mark, x2: mark, y1: top - 2, y2: y + 3, class: 'nd-limit' }),
    textAt(
      BAR_X + BAR_WIDTH + 12,
      y,
      'nd-dim nd-small',
      `${(totalMs / 1000).toFixed(1)} s${differs.length > 0 ? `, ${plain(differs.join('; '), 30)}` : ''}`,
    ),
  ].join('');
}
