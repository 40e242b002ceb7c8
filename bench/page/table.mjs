/** As Markdown. @param columns - pairs of a heading and what a row has there */
export function table(columns, rows) {
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row))));
  const alignments = columns.map((_, i) =>
    cells.every((row) => isFigure(row[i])) ? '---:' : '---',
  );
  return [columns.map(([heading]) => heading), alignments, ...cells].map(line).join('\n');
}

/** Figures, and what goes with them: 1,000; 0.5 (0.4 to 0.6); 12 / 34. */
function isFigure(cell) {
  return /^[-–−+\d., /()to%]+$/.test(cell);
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** Three digits, or all those before the point. */
export function number(value) {
  if (value === undefined || value === null) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

export function withRange(value, format = number) {
  if (value === undefined) return '–';
  return `${format(value.median)} (${format(value.min)} to ${format(value.max)})`;
}

export function ratio(value) {
  const [median, q1, q3] = [value.median, value.q1, value.q3].map((one) => one.toFixed(3));
  return `${median} (${q1} to ${q3})`;
}

/** What is more (or less) than 1, in percent. */
export function percent(value) {
  const [median, q1, q3] = [value.median, value.q1, value.q3].map((one) => signed((one - 1) * 100));
  return `${median} % (${q1} to ${q3})`;
}

function signed(value) {
  const text = value.toFixed(1);
  if (text === '0.0' || text === '-0.0') return '0.0';
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

export function withQuartiles(value, format = number) {
  return `${format(value.median)} (${format(value.q1)} to ${format(value.q3)})`;
}
