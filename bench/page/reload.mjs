import { lineSeries, logAxis, namedGrid, plot, valueAxis } from './plot.mjs';
import { number, table } from './table.mjs';

export function reload({ rows }) {
  const [{ beforeMs, afterMs }] = rows;
  return [
    `Requests are sent at a fixed rate while the service reloads again and again; none is repeated. Latency counts from the moment at which a request was due, so a stall counts for the requests behind it, too. A tenth of the requests take 300 ms; they count for losses, not for latency. A request is lost if it got no whole answer with status 200. Before: the ${beforeMs / 1000} s before each reload; during: from its start until ${afterMs / 1000} s after it is done. A new process starts meanwhile, on the same processors.`,
    table(
      [
        ['', nameOf],
        ['reloads', ({ reloads }) => reloads],
        ['one took, s', ({ tookMs }) => number(tookMs / 1000)],
        ['requests a second', ({ perSecond }) => perSecond],
        ['requests', ({ requests }) => requests.toLocaleString('en')],
        ['lost', ({ lost, errors }) => (lost === 0 ? '0' : `${lost} (${errors.join(', ')})`)],
        ['p50 before / during, ms', (row) => both(row, 'p50')],
        ['p99 before / during, ms', (row) => both(row, 'p99')],
        ['slowest before / during, ms', (row) => both(row, 'max')],
      ],
      rows,
    ),
    ...rows.map(plotOf),
  ];
}

function both({ before, during }, percentile) {
  return `${number(before[percentile])} / ${number(during[percentile])}`;
}

function nameOf({ workers, by }) {
  const name = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return by === undefined ? name : `${name} of ${by}, Nest's own hooks`;
}

function plotOf(row) {
  const { workers, by, reloads, tookMs, slices } = row;
  const title = `Latency around a reload of ${nameOf(row)} (${reloads} laid over each other)`;
  const series = [
    ['median', 'p50'],
    ['99th percentile', 'p99'],
    ['slowest', 'max'],
  ].map(([name, percentile], i) => {
    const points = slices.map((slice) => [slice.offsetMs / 1000, slice[percentile]]);
    return lineSeries(name, points, i, {
      symbolSize: 5,
      ...(i === 0 && { markArea: area(tookMs) }),
    });
  });
  const svg = plot({
    title: { text: title },
    legend: { data: series.map(({ name }) => name) },
    xAxis: valueAxis('seconds since the reload was asked for (shaded: until it was done)', {
      min: 'dataMin',
      max: 'dataMax',
    }),
    yAxis: logAxis('latency in ms'),
    grid: namedGrid,
    series,
  });
  return { name: `reload-${by === undefined ? workers : by.toLowerCase()}`, alt: title, svg };
}

function area(tookMs) {
  return {
    silent: true,
    itemStyle: { color: '#8c959f', opacity: 0.18 },
    data: [[{ xAxis: 0 }, { xAxis: tookMs / 1000 }]],
  };
}
