import { categoryAxis, color, colors, plot, valueAxis, whiskers } from './plot.mjs';

const ROW = 26;
const MARGIN = 140;

/**
 * Horizontal bars, one a row, with a line from the lowest to the highest.
 *
 * @param bars - `{ label, value: { median, min, max }, color? }`
 */
export function barPlot(title, axis, bars) {
  const option = {
    title: { text: title },
    legend: { show: false },
    grid: { right: 72, top: 48 },
    xAxis: valueAxis(axis, { min: 0 }),
    yAxis: categoryAxis(
      bars.map(({ label }) => label),
      { inverse: true },
    ),
    series: [
      {
        type: 'bar',
        barWidth: '60%',
        emphasis: { disabled: true },
        data: bars.map((bar) => ({
          value: bar.value.median,
          itemStyle: { color: bar.color ?? colors[0] },
        })),
      },
      whiskers(
        bars.map(({ label, value }) => [label, value.min, value.max]),
        color.ink,
        { horizontal: true },
      ),
    ],
  };
  return plot(option, { height: MARGIN + bars.length * ROW });
}
