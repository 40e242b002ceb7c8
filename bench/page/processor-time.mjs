import { ratioPlot } from './ratio-plot.mjs';
import { number, percent, table } from './table.mjs';

const names = {
  without: '_the same once more: the noise_',
  with: '**nestjs-drain**',
  metrics: '**nestjs-drain**, with its OpenTelemetry metrics',
  'nestjs-terminus': '@nestjs/terminus',
};
const adapters = { express: 'Express', fastify: 'Fastify' };
const protocols = { http1: 'HTTP/1.1', http2: 'HTTP/2' };

export function processorTime({ rows }) {
  const [{ sets, rounds, requests }] = rows;
  const modes = rows[0].processes.map(({ mode }) => mode);
  const title = 'Processor time a request, relative to the application alone';
  return [
    `How much more processor time the server's process uses for a request while nothing shuts down, compared with the same application alone: its user and system time, from the operating system, over ${requests} requests at a time on kept connections. All processes of a column run at the same time and are loaded in turn, ${rounds} rounds of each of ${sets} sets of fresh processes; each round gives one ratio. The median of all ratios, and in brackets the quartiles. A difference within the noise is none. Nest has HTTP/2 on Fastify only.`,
    table(columnsOf(rows, 'cpu'), [...modes, undefined]),
    'How many more requests a second, in the same rounds. This depends more on what else the machine does, and on the clients, which share it.',
    table(columnsOf(rows, 'rate'), modes),
    {
      name: 'processor-time',
      alt: `${title}: medians and quartiles`,
      svg: ratioPlot(title, 'ratio of processor time', seriesOf(rows), labelOf),
    },
  ];
}

/** The last row of processor time has what the application alone uses. */
function columnsOf(rows, measure) {
  return [
    ['', (mode) => (mode === undefined ? 'the application alone, µs' : (names[mode] ?? mode))],
    ...rows.map((row) => [
      labelOf(row),
      (mode) =>
        mode === undefined
          ? number(row.aloneUs)
          : percent(row.processes.find((one) => one.mode === mode)[measure]),
    ]),
  ];
}

/** What stands for the package, and the noise beside it. */
function seriesOf(rows) {
  return [
    ['nestjs-drain', 'with'],
    ['http-terminator', 'http-terminator'],
    ['the application once more', 'without'],
  ].map(([name, mode]) => ({
    name,
    rows: rows.map((row) => ({
      ...row,
      ratio: row.processes.find((one) => one.mode === mode).cpu,
    })),
  }));
}

function labelOf({ adapter, protocol, connections }) {
  const many = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  return `${adapters[adapter]}, ${protocols[protocol]}, ${many}`;
}
