import { barPlot } from './bars.mjs';
import { color } from './plot.mjs';
import { table, withRange } from './table.mjs';

export function leaving({ leaving: { rows } }) {
  const title = 'How long a process with nothing left to do lives on';
  const bars = rows.map(({ adapter, process, ms }) => ({
    label: `${adapter}: ${process}`,
    value: ms,
    color: process.startsWith('nestjs-drain') ? color.blue : color.dim,
  }));
  return [
    "The time from SIGTERM to the end of a process without connections; in the last row of each, from the last byte of the last response, as its client saw it. No grace period. Without shutdown hooks the kernel ends the process at once, and nothing of Nest runs. With `enableShutdownHooks()` Nest's own `close()` runs; the difference to it is the module's. In milliseconds: the median, and in brackets the shortest and the longest.",
    table(
      [
        ['', ({ adapter }) => adapter],
        ['process', ({ process }) => process],
        ['ms', ({ ms }) => withRange(ms)],
        ['rounds', ({ rounds }) => rounds],
      ],
      rows,
    ),
    {
      name: 'leaving',
      alt: `${title}: medians`,
      svg: barPlot(title, 'ms to the end: median, shortest and longest', bars),
    },
  ];
}
