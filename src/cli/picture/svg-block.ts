import { placeOf, type TimeAxis } from './time-axis.js';

/** A part of the picture. Blocks are stacked. @internal */
export interface SvgBlock {
  readonly height: number;
  /** @param top - its upper edge @returns markup */
  draw(top: number): string;
}

/** The columns, in pixels: names, time, notes. @internal */
export const COLUMNS = {
  width: 960,
  left: 28,
  chart: 264,
  chartEnd: 772,
  note: 792,
  right: 932,
} as const;

/** The position of a time in pixels. @internal */
export function xOf(ms: number, axis: TimeAxis): number {
  return COLUMNS.chart + placeOf(ms, axis) * (COLUMNS.chartEnd - COLUMNS.chart);
}

/** @internal */
export function heightOf(blocks: readonly SvgBlock[]): number {
  return blocks.reduce((sum, { height }) => sum + height, 0);
}

/** @internal */
export function drawAll(blocks: readonly SvgBlock[], top: number): string {
  let y = top;
  return blocks
    .map((block) => {
      const markup = block.draw(y);
      y += block.height;
      return markup;
    })
    .join('\n');
}

/** Empty space between blocks. @internal */
export function gap(height: number): SvgBlock {
  return { height, draw: () => '' };
}
