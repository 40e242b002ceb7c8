const PAPER = ['#ffffff', '#0d1117'];
const BAD = ['#b42318', '#ff8f85'];
const DIM = ['#59636e', '#9aa4af'];

/**
 * Selector, property, then the colours for light and dark. All text has a contrast of at least 4.5.
 */
const COLOURS: readonly (readonly [selector: string, property: string, ...string[]])[] = [
  ['.nd-paper', 'fill', ...PAPER],
  ['.nd-paper', 'stroke', '#d0d7de', '#30363d'],
  ['.nd-ink', 'fill', '#1f2328', '#e6edf3'],
  ['.nd-dim', 'fill', ...DIM],
  ['.nd-bad', 'fill', ...BAD],
  ['.nd-on', 'fill', ...PAPER],
  ['.nd-halo', 'stroke', ...PAPER],
  ['.nd-grid', 'stroke', '#e3e7ec', '#242a33'],
  ['.nd-start', 'stroke', '#8c959f', '#6e7681'],
  ['.nd-limit', 'stroke', ...BAD],
  ['.nd-cross', 'stroke', ...BAD],
  ['.nd-clean', 'fill', '#1a7f37', '#56d364'],
  ['.nd-forced', 'fill', '#9a5b00', '#e3b341'],
  ['.nd-failed', 'fill', ...BAD],
  ['.nd-grace', 'fill', '#2f6fbf', '#7fb2f0'],
  ['.nd-draining', 'fill', '#0b7a6f', '#4fc3b3'],
  ['.nd-forcing', 'fill', '#b3400a', '#ff9d5c'],
  ['.nd-closing', 'fill', '#6a4fb0', '#b9a3f2'],
  ['.nd-whole', 'fill', '#5f7d9c', '#7d9cbd'],
  ['.nd-broken', 'fill', '#fff3d6', '#2e2410'],
  ['.nd-broken', 'stroke', '#9a5b00', '#e3b341'],
  ['.nd-cut', 'fill', '#cf3a2e', '#f0766b'],
  ['.nd-area', 'fill', '#d7e5f5', '#1c3350'],
  ['.nd-edge', 'stroke', '#2f6fbf', '#7fb2f0'],
  ['.nd-mark', 'fill', '#2f6fbf', '#7fb2f0'],
  ['.nd-line', 'stroke', '#a9c6e8', '#2f5580'],
];

const SHAPES = `
.nd-picture{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.nd-title{font-size:20px;font-weight:600}
.nd-figure{font-size:21px;font-weight:600}
.nd-strong{font-weight:600}
.nd-small{font-size:11px}
.nd-code{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.nd-end{text-anchor:end}
.nd-middle{text-anchor:middle}
.nd-halo{paint-order:stroke;stroke-width:10px;stroke-linejoin:round}
.nd-broken{stroke-width:1.5px}
.nd-cross{stroke-width:2px;stroke-linecap:round;fill:none}
.nd-limit{stroke-width:1.5px;stroke-dasharray:4 3}
.nd-edge{stroke-width:1.5px;fill:none}
.nd-line{stroke-width:3px;stroke-linecap:round}
.nd-faint{opacity:.14}`;

/** Styles for light and dark, scoped to the picture even within a page. @internal */
export const SVG_STYLE =
  `${SHAPES}\n${rules(2)}\n@media (prefers-color-scheme:dark){\n${rules(3)}\n}\n`.trimStart();

function rules(column: 2 | 3): string {
  return COLOURS.map((row) => `${row[0]}{${row[1]}:${row[column]!}}`).join('\n');
}
