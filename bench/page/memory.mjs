import { number, table, withRange } from './table.mjs';

export function memory({ rows }) {
  return [
    'The memory that the module uses while nothing shuts down, in bytes on and off the heap after a collection: the difference between an application with it and one without it, with the same connections. Each connection has been used once; websockets stay silent. The median, and in brackets the lowest and the highest.',
    table(
      [
        ['', ({ kind }) => kind],
        ['', ({ adapter }) => adapter],
        ['for an idle connection', ({ connection }) => bytes(connection)],
        ['more for a request in flight', ({ request }) => bytes(request)],
        ['rounds', ({ rounds }) => number(rounds)],
      ],
      rows,
    ),
  ];
}

function bytes(value) {
  return withRange(value, (one) => `${one.toFixed(0)}`);
}
