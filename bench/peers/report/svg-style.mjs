/** Of each kind the cell, and the text on it; once for light and once for dark. */
const light = {
  paper: ['#ffffff', '#d0d7de'],
  ink: '#1f2328',
  dim: '#59636e',
  frame: '#1f2328',
  clean: ['#d3f0dc', '#0f5128'],
  held: ['#ffeebf', '#664600'],
  some: ['#ffd5cb', '#842011'],
  most: ['#c4372a', '#ffffff'],
};
const dark = {
  paper: ['#0d1117', '#30363d'],
  ink: '#e6edf3',
  dim: '#9aa4af',
  frame: '#e6edf3',
  clean: ['#12361f', '#8be8ab'],
  held: ['#3d300b', '#f3d27c'],
  some: ['#4a211b', '#ffb3a5'],
  most: ['#b5362b', '#ffffff'],
};

export const style = `text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.strong{font-weight:600}
.dim{font-weight:400}
.label{font-size:13px}
[class^=on-]{text-anchor:middle;font-size:11.5px}
.frame{fill:none;stroke-width:1.5px}
${colors(light)}
@media (prefers-color-scheme:dark){
${colors(dark)}
}`;

function colors({ paper, ink, dim, frame, ...kinds }) {
  return [
    `.paper{fill:${paper[0]};stroke:${paper[1]}}`,
    `text{fill:${ink}}`,
    `.dim,.note{fill:${dim}}`,
    `.frame{stroke:${frame}}`,
    ...Object.entries(kinds).map(
      ([kind, [cell, text]]) => `.${kind}{fill:${cell}}.on-${kind}{fill:${text}}`,
    ),
  ].join('\n');
}
