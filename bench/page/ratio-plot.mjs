import { categoryAxis, color, colors, plot, valueAxis, whiskers } from './plot.mjs';

const ROW = 46;
const MARGIN = 150;
/** Between the series of one row, in rows. */
const APART = 0.22;

/**
 * Ratios as points on lines from quartile to quartile, and a line at 1.
 *
 * @param axis - what the ratios are of
 */
export function ratioPlot(title, axis, series, labelOf) {
  const labels = [...new Set(series.flatMap(({ rows }) => rows.map(labelOf)))];
  const option = {
    title: { text: title },
    legend: { show: series.length > 1, data: series.map(({ name }) => name) },
    xAxis: valueAxis(`${axis}: median and quartiles`, {
      scale: true,
      min: ({ min }) => Math.min(0.9, Math.floor(min * 20) / 20),
      max: ({ max }) => Math.max(1.1, Math.ceil(max * 20) / 20),
      axisLabel: { color: color.ink, formatter: (value) => value.toFixed(2) },
    }),
    yAxis: categoryAxis(labels, { inverse: true }),
    series: series.flatMap(({ name, rows }, i) => seriesOf(name, rows, i)),
  };
  return plot(option, { height: MARGIN + labels.length * ROW });

  function seriesOf(name, rows, i) {
    const offset = (i - (series.length - 1) / 2) * APART * ROW;
    const points = rows.map((row) => [row.ratio.median, labelOf(row)]);
    const lines = rows.map((row) => [labelOf(row), row.ratio.q1, row.ratio.q3]);
    return [
      whiskers(lines, colors[i], { horizontal: true, offset }),
      {
        type: 'scatter',
        name,
        data: points,
        symbolSize: 10,
        symbolOffset: [0, offset],
        itemStyle: { color: colors[i], opacity: 1 },
        emphasis: { disabled: true },
        ...(i === 0 && { markLine: atOne() }),
      },
    ];
  }
}

function atOne() {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: color.ink, type: 'dashed', width: 1 },
    data: [{ xAxis: 1 }],
  };
}
