import { factsOf, POD_COLUMNS, podRows, titleOf } from './rollout-text.js';
import type { Rollout } from './rollout.js';

/** A rollout for the terminal. @internal */
export function terminalRollout(rollout: Rollout): string {
  const facts = factsOf(rollout);
  const width = Math.max(...facts.map(([heading]) => heading.length)) + 2;
  const lines = facts.flatMap(([heading, texts]) =>
    texts.map((text, i) => `${(i === 0 ? heading : '').padEnd(width)}${text}`),
  );
  const { rows, others } = podRows(rollout);
  const more = others > 0 ? [`and ${others} more`] : [];
  return [
    titleOf(rollout),
    '',
    ...lines,
    '',
    ...table([[...POD_COLUMNS], ...rows]),
    ...more,
    '',
  ].join('\n');
}

function table(rows: readonly string[][]): string[] {
  const widths = POD_COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]! + 2))
      .join('')
      .trimEnd(),
  );
}
