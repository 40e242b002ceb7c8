import { ratioPlot } from './ratio-plot.mjs';
import { ratio, table } from './table.mjs';

const loads = {
  kept: 'connections that are kept',
  fresh: 'a connection for each request',
};

export function restart({ rows }) {
  const series = Object.entries(loads).map(([load, name]) => ({
    name,
    rows: rows.filter(({ connections }) => connections === load),
  }));
  const title = 'Throughput through the command for graceful restart';
  return [
    'Requests a second through the command `nestjs-drain`, relative to the same application started without it. The median of all rounds, and in brackets the quartiles.',
    table(
      [
        ['', ({ comparison }) => comparison],
        ['load', ({ connections }) => loads[connections]],
        ['ratio', (row) => ratio(row.ratio)],
        ['rounds', ({ rounds }) => rounds],
      ],
      rows,
    ),
    {
      name: 'restart',
      alt: `${title}: medians and quartiles`,
      svg: ratioPlot(title, 'ratio of requests a second', series, ({ comparison }) => comparison),
    },
  ];
}
