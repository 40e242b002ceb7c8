import { barPlot } from './bars.mjs';
import { table, withRange } from './table.mjs';

export function kinds({ rows }) {
  const title = 'From the end of the last work to the end of the process';
  const measured = rows.filter(({ ms }) => ms !== undefined);
  const missing = rows.filter(({ ms }) => ms === undefined).map(({ kind }) => kind);
  return [
    'One task of each kind is in flight at SIGTERM. The time, in milliseconds, from its end, as its client saw it, to the end of the process; for work that never ends, from the end of the budget to the end of the process. The median, and in brackets the shortest and the longest.',
    table(
      [
        ['', ({ kind }) => kind],
        ['after its end, ms', ({ ms }) => withRange(ms)],
        ['after the budget, ms', ({ afterBudgetMs }) => withRange(afterBudgetMs)],
        ['rounds', ({ rounds, roundsForEver }) => `${rounds}, ${roundsForEver}`],
      ],
      measured,
    ),
    ...(missing.length > 0
      ? [`Not measured, as the broker is not installed: ${missing.join(', ')}.`]
      : []),
    {
      name: 'kinds',
      alt: `${title}, for each kind of work`,
      svg: barPlot(
        title,
        'ms: median, shortest and longest',
        measured.map(({ kind, ms }) => ({ label: kind, value: ms })),
      ),
    },
  ];
}
