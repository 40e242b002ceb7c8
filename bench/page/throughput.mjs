import { ratioPlot } from './ratio-plot.mjs';
import { ratio, table, withRange } from './table.mjs';

export function throughput({ throughput: alone, metrics, share }) {
  return [...ratios(alone, metrics), ...(share === undefined ? [] : shares(share))];
}

function ratios(alone, metrics) {
  const series = [
    { name: 'the module', rows: alone?.rows },
    { name: 'the module and its OpenTelemetry metrics', rows: metrics?.rows },
  ].filter(({ rows }) => rows !== undefined);
  const all = series.flatMap(({ name, rows }) => rows.map((row) => ({ ...row, name })));
  const title = 'Throughput with the module, relative to the application without it';
  return [
    'Requests a second with the module, relative to the same application without it: 1 means no cost. Both run at the same time and are loaded in turn; each round gives one ratio. The median, and in brackets the quartiles. Requests a processor second depend less on what else the machine does.',
    table(
      [
        ['', labelOf],
        ['with', ({ name }) => name],
        ['requests a second', (row) => ratio(row.ratio)],
        ['requests a processor second', (row) => ratio(row.cpu)],
        ['rounds', ({ rounds }) => rounds],
      ],
      all,
    ),
    {
      name: 'throughput',
      alt: `${title}: medians and quartiles`,
      svg: ratioPlot(title, series, labelOf),
    },
  ];
}

function shares({ rows }) {
  return [
    'The share of the processor time that is spent in the module with its metrics, and in what it calls, by the sampling profiler. It hardly depends on what else the machine does, and misses what the module makes Node do: calling two listeners instead of one, collecting more garbage. The median, and in brackets the lowest and the highest.',
    table(
      [
        ['', labelOf],
        ['share', ({ share }) => withRange(share, (one) => `${(one * 100).toFixed(1)} %`)],
        ['rounds', ({ rounds }) => rounds],
      ],
      rows,
    ),
  ];
}

function labelOf({ adapter, connections }) {
  return `${adapter}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
}
