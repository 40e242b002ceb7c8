import { barPlot } from './bars.mjs';
import { color } from './plot.mjs';
import { table, withRange } from './table.mjs';

export function leaving({ rows }) {
  const situations = [...new Set(rows.map(({ situation }) => situation))];
  return [
    "How long a process takes to exit once it has nothing left to do: from SIGTERM, or from the last byte of the last response as its client saw it, to the end of the process. There is no grace period. Without shutdown hooks the kernel ends the process at once, and nothing of Nest runs. With `enableShutdownHooks()` Nest's own `close()` runs; the difference to it is the module's. On silent connections no byte has come; Nest alone waits for them, so it is not in that row. In milliseconds: the median, and in brackets the shortest and the longest.",
    table(
      [
        ['', ({ situation }) => situation],
        ['', ({ adapter }) => adapter],
        ['process', ({ process }) => process],
        ['ms', ({ ms }) => withRange(ms)],
        ['rounds', ({ rounds }) => rounds],
      ],
      rows,
    ),
    ...situations.map((situation, i) => picture(situation, rows, i)),
  ];
}

function picture(situation, rows, i) {
  const title = `From nothing left to do to the exit: ${situation}`;
  const bars = rows
    .filter((row) => row.situation === situation)
    .map(({ adapter, process, ms }) => ({
      label: `${adapter}: ${process}`,
      value: ms,
      color: process === 'nestjs-drain' ? color.blue : color.dim,
    }));
  return {
    name: `leaving-${i + 1}`,
    alt: `${title}, medians`,
    svg: barPlot(title, 'ms: median, shortest and longest', bars),
  };
}
