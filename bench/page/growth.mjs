import { lineSeries, logAxis, namedGrid, plot, valueAxis } from './plot.mjs';
import { number, table, withRange } from './table.mjs';

const kinds = {
  idle: 'idle, kept alive',
  requests: 'requests in flight',
  'answers alone': 'requests, without leaving',
  websockets: 'websockets',
  'websockets at once': 'websockets, closed at once',
};

/** What is measured, as the tables and the plots have it. */
const measures = {
  time: {
    title: 'Time to exit',
    unit: 'ms',
    axis: 'ms, without what is intended',
    valueOf: ({ ms, intendedMs }) => mapRange(ms, (one) => one - intendedMs),
  },
  cpu: {
    title: 'Processor time of the shutdown',
    unit: 'ms',
    axis: 'ms of processor time',
    valueOf: ({ cpuMs }) => cpuMs,
  },
  memory: {
    title: 'Peak memory during the shutdown, above that before it',
    unit: 'MB',
    axis: 'MB',
    valueOf: ({ grownBytes }) => grownBytes && mapRange(grownBytes, (one) => one / 1e6),
  },
};

export function growth({ rows }) {
  return [
    intro(rows),
    ...partsOf('time', rows),
    'The processor time of the process during the shutdown, including system calls and its other threads. It depends less on what else the machine does.',
    ...partsOf('cpu', rows),
    'The peak of resident memory during the shutdown, less what was resident before it, after a collection; 0 if it was never more. A shutdown by signal has a fixed share: the watchdog thread has a heap of its own.',
    ...partsOf('memory', rows),
  ];
}

function partsOf(name, rows) {
  const measured = rows.filter(({ points }) => measures[name].valueOf(points[0]) !== undefined);
  if (measured.length === 0) return ['This system does not tell.'];
  return [table(columns(name, measured[0].points), measured), ...plotsOf(name, measured)];
}

function intro(rows) {
  const [{ rounds, limit }] = rows;
  const limited =
    limit &&
    ` A process may open ${number(limit.openFiles)} files here (\`ulimit -n\`), so the last column has ${number(limit.connections)} connections.`;
  return `How long the shutdown takes, in milliseconds, without a grace period: the median of ${rounds} rounds, and in brackets the shortest and the longest. The clients are one process on the same machine, and every one of them got what it should: idle connections were ended, requests answered whole with \`Connection: close\`, websockets closed with 1012.${limited ?? ''}

- **Idle, kept alive**: they have been idle for longer than \`idleLingerMs\`: from SIGTERM to the end of the process.
- **Requests in flight**: all of them end at one moment, as soon as the listener is closed. From SIGTERM to the end of the process.
- **Requests, without leaving**: the same, answered by the same application without the module and without a signal, to the last answer. The application takes that long for them anyway.
- **Websockets** are closed evenly, as documented: 200 a second, or as many as are closed in 10 s, half of \`drainTimeoutMs\`. That is intended, and subtracted from the times below: ${intended(rows)}. From SIGTERM to the end of the process.
- **Websockets, closed at once**: the same without the spread, by \`app.close()\` instead of a signal.

The slope is that of the logarithms: 1 is in proportion to the number of connections, 0 is independent of it, 2 would be its square. It is over all points, and at the end over the last two, where the fixed share weighs least.`;
}

function intended(rows) {
  const { points } = rows.find(({ kind }) => kind === 'websockets');
  return points.map(({ intendedMs }) => `${number(intendedMs)} ms`).join(', ');
}

function columns(name, points) {
  const { unit, valueOf } = measures[name];
  return [
    ['connections', ({ kind }) => kinds[kind]],
    ['', ({ adapter }) => adapter],
    ...points.map(({ connections }, i) => [
      `${number(connections)}: ${unit}`,
      (row) => withRange(valueOf(row.points[i])),
    ]),
    ['slope', ({ slope }) => digits(slope[name].all)],
    ['at the end', ({ slope }) => digits(slope[name].atTheEnd)],
  ];
}

function mapRange({ median, min, max }, to) {
  return { median: to(median), min: to(min), max: to(max) };
}

function digits(slope) {
  return slope?.toFixed(2) ?? '–';
}

/** One for each adapter. */
function plotsOf(name, rows) {
  const adapters = [...new Set(rows.map(({ adapter }) => adapter))];
  return adapters.map((adapter) => {
    const own = rows.filter((row) => row.adapter === adapter);
    const series = own.map((row) => seriesOf(row, measures[name].valueOf));
    const title = `${measures[name].title} (${adapter})`;
    const option = {
      title: { text: title },
      legend: { data: series.map((one) => one.name) },
      xAxis: valueAxis('connections', { type: 'log' }),
      yAxis: logAxis(measures[name].axis),
      grid: namedGrid,
      series,
    };
    const svg = plot(option, { legendLines: series.length > 4 ? 2 : 1 });
    return { name: `growth-${name}-${adapter}`, alt: `${title}, on logarithmic axes`, svg };
  });
}

/** A kind has the same colour in all of them. Nothing can be drawn at 0. */
function seriesOf({ kind, points }, valueOf) {
  const data = points.map((point) => [point.connections, valueOf(point).median]);
  const drawn = data.filter(([, value]) => value > 0);
  return lineSeries(kinds[kind], drawn, Object.keys(kinds).indexOf(kind));
}
