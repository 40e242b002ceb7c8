import { HTML_STYLE } from './html-style.js';
import { element, escapeMarkup } from './svg-element.js';

/** A self-contained page: no scripts, nothing loaded from elsewhere. @internal */
export function htmlDocument(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>
${HTML_STYLE}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** @internal */
export function htmlSection(heading: string, ...content: string[]): string {
  return element('section', {}, element('h2', {}, escapeMarkup(heading)), ...content);
}

/** A picture that scrolls, and therefore takes the keyboard focus. @internal */
export function htmlFigure(label: string, svg: string): string {
  return element('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': label }, svg);
}
