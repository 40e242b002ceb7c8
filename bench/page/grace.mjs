import { number, table, withQuartiles } from './table.mjs';

export function grace({ rows }) {
  const [{ perSecond, windowMs }] = rows;
  const seconds = windowMs / 1000;
  return [
    `Latency at ${perSecond} requests a second, in the ${seconds} s before the signal and in the ${seconds} s of the grace period after it. Requests are sent at a fixed rate, and each counts from when it was due. Rows without a signal show how far two such windows differ anyway. The ratio is that of the 99th percentiles: the median of the rounds, and in brackets the quartiles; the percentiles are those of all rounds together.`,
    table(
      [
        ['', ({ adapter }) => adapter],
        ['', ({ isSignalled }) => (isSignalled ? 'SIGTERM' : 'no signal')],
        ['p50 before / during, ms', (row) => both(row, 'p50')],
        ['p99 before / during, ms', (row) => both(row, 'p99')],
        ['ratio of p99', ({ ratio }) => withQuartiles(ratio, (one) => one.toFixed(2))],
        ['lost', ({ lost }) => lost],
        ['rounds', ({ rounds }) => rounds],
      ],
      rows,
    ),
  ];
}

function both({ before, during }, percentile) {
  return `${number(before[percentile])} / ${number(during[percentile])}`;
}
