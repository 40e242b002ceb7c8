import { number, table, withQuartiles } from './table.mjs';

const names = { first: 'the first of a process', later: 'the later ones' };

export function testApplication({ rows }) {
  return [
    '`compile()`, `init()` and `close()` of a test application with one controller, without the module and with it in turn. The first with it in a process loads and compiles what the module needs. In milliseconds: the median, and in brackets the quartiles.',
    table(
      [
        ['', ({ adapter }) => adapter],
        ['', ({ when }) => names[when]],
        ['without', ({ without }) => withQuartiles(without)],
        ['with', (row) => withQuartiles(row.with)],
        ['more', ({ more }) => withQuartiles(more)],
        ['pairs', ({ pairs }) => number(pairs)],
      ],
      rows,
    ),
  ];
}
