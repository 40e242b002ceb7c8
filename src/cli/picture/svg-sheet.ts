import { element, escapeMarkup } from './svg-element.js';
import { SVG_STYLE } from './svg-style.js';

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description?: string;
}

/** The root element with title, style and background. @internal */
export function svgSheet(sheet: Sheet, ...content: string[]): string {
  const { width, height, title, description } = sheet;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      class: 'nd-picture',
    },
    element('title', {}, escapeMarkup(title)),
    description === undefined ? '' : element('desc', {}, escapeMarkup(description)),
    element('style', {}, SVG_STYLE),
    element('rect', {
      x: 0.5,
      y: 0.5,
      width: width - 1,
      height: height - 1,
      rx: 8,
      class: 'nd-paper',
    }),
    ...content,
  );
}
