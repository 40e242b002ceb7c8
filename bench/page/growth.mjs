import { lineSeries, plot, valueAxis } from './plot.mjs';
import { megabytes, number, table, withRange } from './table.mjs';

const kinds = {
  idle: 'idle, kept alive',
  requests: 'requests under way',
  'answers alone': 'the same requests answered, nothing leaves',
  websockets: 'websockets',
  'websockets at once': 'websockets, closed at once',
};

export function growth({ growth: { rows } }) {
  const measured = rows.filter(({ points }) => points[0].grownBytes !== undefined);
  return [
    intro(rows[0]),
    table(timeColumns(rows[0]), rows),
    ...plotsOf(rows, {
      name: 'time',
      title: 'Time to leave',
      axis: 'ms, without what is intended',
      valueOf: ({ ms, intendedMs }) => ms.median - intendedMs,
    }),
    'The most memory that was resident during the leave, less what was resident before it, after a collection. It begins with a fixed share: the thread that ends the process if the event loop is blocked at the deadline has a heap of its own.',
    table(memoryColumns(rows[0]), measured),
    ...plotsOf(measured, {
      name: 'memory',
      title: 'Peak of resident memory during the leave, over that before it',
      axis: 'MB',
      valueOf: ({ grownBytes }) => grownBytes.median / 1e6,
    }),
  ];
}

function intro({ rounds, limit }) {
  const limited =
    limit &&
    ` A process may open ${number(limit.openFiles)} files here (\`ulimit -n\`), so the last column has ${number(limit.connections)} connections.`;
  return `How long it takes to leave, in milliseconds, without a grace period: the median of ${rounds} rounds, and in brackets the shortest and the longest. The clients are one process on the same machine, and every one of them got what it should: idle connections were ended, requests answered whole with \`Connection: close\`, websockets closed with 1012.${limited ?? ''}

- **Idle** connections have been idle for longer than \`idleLingerMs\`: from SIGTERM to the end of the process.
- **Requests under way** all may end at one moment, 0.5 s after SIGTERM: from that moment to the end of the process. To write so many answers takes the application some time anyway. How much, the line below says: the same requests, answered by the same application without the module, to the last answer.
- **Websockets** are closed evenly, as documented: 200 a second, or as many as are closed in 10 s, half of \`drainTimeoutMs\`. That is intended and subtracted: 45 ms, 0.5 s, 5 s, 10 s. From SIGTERM to the end of the process.
- **Websockets, closed at once**: the same without the spread, by \`app.close()\` instead of a signal.

The slope is that of the logarithms: 1 is in proportion to the number of connections, 0 is independent of it, 2 would be its square. Over all points, and over the last two, where the fixed share weighs least.`;
}

function timeColumns({ points }) {
  return [
    ...nameColumns(),
    ...points.map(({ connections }, i) => [
      number(connections),
      (row) => withRange(shifted(row.points[i])),
    ]),
    ['slope', (row) => slopes(row.slope.time, row.slope.timeAtTheEnd)],
  ];
}

function memoryColumns({ points }) {
  const last = points.length - 1;
  return [
    ...nameColumns(),
    ...points.map(({ connections }, i) => [
      `${number(connections)}, MB`,
      (row) => withRange(row.points[i].grownBytes, megabytes),
    ]),
    ['more for a connection, KB', ({ points: own }) => number(perConnection(own, last) / 1000)],
    ['slope', (row) => slopes(row.slope.memory, row.slope.memoryAtTheEnd)],
  ];
}

function nameColumns() {
  return [
    ['connections', ({ kind }) => kinds[kind]],
    ['', ({ adapter }) => adapter],
  ];
}

/** Without what is intended. */
function shifted({ ms, intendedMs }) {
  const [median, min, max] = [ms.median, ms.min, ms.max].map((one) => one - intendedMs);
  return { median, min, max };
}

/** Between the first point and the last one: without the fixed share. */
function perConnection(points, last) {
  const [low, high] = [points[0], points[last]];
  const bytes = high.grownBytes.median - low.grownBytes.median;
  return Math.max(0, bytes / (high.connections - low.connections));
}

function slopes(...both) {
  const [all, atTheEnd] = both.map((slope) => slope?.toFixed(2) ?? '–');
  return `${all}, at the end ${atTheEnd}`;
}

/** One for each adapter. */
function plotsOf(rows, { name, title, axis, valueOf }) {
  const adapters = [...new Set(rows.map(({ adapter }) => adapter))];
  return adapters.map((adapter) => {
    const series = rows
      .filter((row) => row.adapter === adapter)
      .map(({ kind, points }) => {
        const data = points.map((point) => [point.connections, valueOf(point)]);
        const above = data.filter(([, value]) => value > 0);
        return lineSeries(kinds[kind], above, Object.keys(kinds).indexOf(kind));
      });
    const full = `${title} (${adapter})`;
    const svg = plot({
      title: { text: full },
      legend: { data: series.map((one) => one.name) },
      xAxis: valueAxis('connections', { type: 'log' }),
      yAxis: valueAxis(axis, { type: 'log', nameGap: 46 }),
      series,
    });
    return { name: `growth-${name}-${adapter}`, alt: `${full}, on logarithmic axes`, svg };
  });
}
