// Plots as SVG that needs nothing else, for light and dark backgrounds.
import * as echarts from 'echarts';

/** What is drawn in the first is drawn in the second where dark colours are preferred. */
const palette = {
  paper: ['#ffffff', '#0d1117'],
  ink: ['#1f2328', '#e6edf3'],
  dim: ['#59636e', '#9198a1'],
  grid: ['#e3e7ec', '#262c36'],
  blue: ['#2f6fbf', '#58a6ff'],
  orange: ['#b35900', '#f0883e'],
  green: ['#1a7f37', '#3fb950'],
  purple: ['#8250df', '#bc8cff'],
  red: ['#c02a5b', '#ff7b9c'],
};
const names = Object.keys(palette);
export const color = Object.fromEntries(names.map((name) => [name, palette[name][0]]));
/** In the order in which series take them. */
export const colors = [color.blue, color.orange, color.green, color.purple, color.red];
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle'];
/** Without quotes: they would end the attribute that it is written to. */
const FONT = 'system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif';

/** Wide ones, as nobody knows which font there will be: rather a gap than names on top of each other. */
echarts.setPlatformAPI({
  measureText: (text, font) => ({ width: text.length * parseFloat(/[\d.]+px/.exec(font)) * 0.62 }),
});

/**
 * @param option - of ECharts; `title` says what the axes cannot
 * @param legendLines - how many lines the names of the series take
 */
export function plot(option, { width = 760, height = 420, legendLines = 1 } = {}) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: color.paper,
      color: colors,
      textStyle: { fontFamily: FONT, color: color.ink },
      ...option,
      // Below the title and the legend, beside the names of the axes.
      grid: {
        left: 24,
        right: 32,
        top: 54 + legendLines * 24,
        bottom: 44,
        containLabel: true,
        ...option.grid,
      },
      title: {
        left: 16,
        top: 12,
        textStyle: { fontSize: 15, color: color.ink },
        ...option.title,
      },
      legend: {
        left: 12,
        top: 38,
        itemGap: 16,
        textStyle: { color: color.ink },
        inactiveBorderColor: color.dim,
        ...option.legend,
      },
    });
    return selfContained(chart.renderToSVGString(), option.title.text);
  } finally {
    chart.dispose();
  }
}

/** @param name - with its unit */
export function valueAxis(name, more = {}) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: color.dim, fontSize: 12 },
    nameGap: 34,
    axisLine: { show: true, onZero: false, lineStyle: { color: color.dim } },
    axisLabel: { color: color.ink },
    splitLine: { lineStyle: { color: color.grid } },
    minorSplitLine: { show: false },
    ...more,
  };
}

/** Where the vertical axis has a name: as much room for it, however long the numbers beside it are. */
export const namedGrid = { left: 84, bottom: 60, containLabel: false };

/** Beside numbers that may be long; see `namedGrid`. @param name - with its unit */
export function logAxis(name) {
  return valueAxis(name, { type: 'log', nameGap: 60 });
}

export function categoryAxis(data, more = {}) {
  return {
    type: 'category',
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: color.dim } },
    axisLabel: { color: color.ink, interval: 0 },
    ...more,
  };
}

/** A line with its points, each series of another colour and another symbol. */
export function lineSeries(name, data, i, more = {}) {
  return {
    type: 'line',
    name,
    data,
    symbol: symbols[i % symbols.length],
    symbolSize: 8,
    itemStyle: { color: colors[i % colors.length] },
    lineStyle: { width: 2, color: colors[i % colors.length] },
    emphasis: { disabled: true },
    ...more,
  };
}

/**
 * Lines from a low to a high value: `data` has the place on the other axis, then the two.
 *
 * @param offset - of all of them, in pixels
 */
export function whiskers(data, stroke, { horizontal = false, offset = 0 } = {}) {
  return {
    type: 'custom',
    data,
    silent: true,
    encode: horizontal ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const place = api.value(0);
      const [from, to] = [api.value(1), api.value(2)].map((value) => {
        const [x, y] = api.coord(horizontal ? [value, place] : [place, value]);
        return horizontal ? [x, y + offset] : [x + offset, y];
      });
      const shape = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
      return { type: 'line', shape, style: { stroke, lineWidth: 2, opacity: 0.55 } };
    },
  };
}

function selfContained(svg, title) {
  const rules = names.flatMap((name) => {
    const [light, dark] = palette[name];
    return [`[fill="${light}"]{fill:${dark}}`, `[stroke="${light}"]{stroke:${dark}}`];
  });
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`;
  return renumbered(svg)
    .replace(/<svg [^>]*>/, (tag) => `${tag.slice(0, -1)} role="img">${titled(title)}${style}`)
    .concat('\n');
}

/** ECharts counts through the process: the same plot would differ from run to run. */
function renumbered(svg) {
  const numbers = new Map();
  return svg.replaceAll(/\bzr\d+-[a-z]+-?\d+/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, `p${numbers.size}`);
    return numbers.get(id);
  });
}

function titled(title) {
  return `<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>`;
}
