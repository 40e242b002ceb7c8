import { number, table, withQuartiles } from './table.mjs';

export function importTime({ rows }) {
  return [
    'How long the package takes to be imported by a process that has imported Nest: each time by a fresh one. The alternatives show what is usual. In milliseconds: the median, and in brackets the quartiles.',
    table(
      [
        ['', ({ name }) => name],
        ['ms', ({ ms }) => withQuartiles(ms)],
        ['rounds', ({ rounds }) => number(rounds)],
      ],
      rows,
    ),
  ];
}
