// Plots of studies, calibrations and backtests: series over an axis of numbers, or rows by name.
import { frame, grid, markSeries, nameAxis, nameRoom, tickCount, valueAxis } from "./axes.js";
import { roundTicks } from "./scale.js";
import { page } from "./state.js";
import { dashOf, pale } from "./theme.js";

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
export const figure = (value) => (value === null ? "–" : number.format(value).replace("-", "−"));
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** An axis about values, from zero where that is asked for. */
function axisOf(title, values, fromZero, logarithmic = false) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!values.length) [low, high] = [0, 1];
  if (logarithmic) return { kind: "number", title, low: low === high ? low / 2 : low, high: low === high ? high * 2 : high, logarithmic, ticks: [] };
  if (fromZero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) [low, high] = [low - 0.5 * Math.abs(low) - 0.5, high + 0.5 * Math.abs(high) + 0.5];
  const room = 0.04 * (high - low);
  return { kind: "number", title, low: fromZero && low === 0 ? 0 : low - room, high: fromZero && high === 0 ? 0 : high + room, ticks: [] };
}

function numberAxis(axis, look, count, vertical) {
  if (axis.logarithmic) {
    const made = valueAxis({ ...axis, low: Math.log10(axis.low), high: Math.log10(axis.high) }, look, count, vertical);
    const decades = [];
    for (let power = Math.floor(Math.log10(axis.low)); power <= Math.log10(axis.high) + 1e-9; ++power) if (power >= Math.log10(axis.low) - 1e-9) decades.push(10 ** power);
    return {
      ...made,
      type: "log",
      min: axis.low,
      max: axis.high,
      lastLabel: 4,
      axisTick: { ...made.axisTick, customValues: decades },
      axisLabel: { ...made.axisLabel, customValues: decades, formatter: (value) => figure(value) },
    };
  }
  const ticks = roundTicks(axis, count).map((tick) => [tick, figure(tick)]);
  return valueAxis({ ...axis, ticks }, look, 1e9, vertical);
}

export function plot(chart, look, width) {
  const { series } = chart;
  const points = series.flatMap((one) => one.points);
  const bars = series.some(({ mark }) => mark === "bars");
  const xs = points.map(([x]) => x);
  const x = axisOf(chart.x_label, bars ? [...xs.map((value) => value - 0.5), ...xs.map((value) => value + 0.5)] : xs, false, chart.logarithmic);
  if (!chart.logarithmic && !bars && xs.length) [x.low, x.high] = [Math.min(...xs), Math.max(...xs)].map((end, i, ends) => (ends[0] === ends[1] ? [x.low, x.high][i] : end));
  const y = axisOf(chart.y_label, points.map((point) => point[1]), chart.from_zero);
  const named = series.length > 1;
  const bar = (points_, color) => (params, api) => {
    const [px, base] = api.coord([points_[params.dataIndex][0], 0]);
    const top = api.coord(points_[params.dataIndex])[1];
    const half = 0.35 * api.size([1, 0])[0];
    return { type: "rect", shape: { x: px - half, y: Math.min(top, base), width: 2 * half, height: Math.abs(base - top) }, style: { fill: color, opacity: 0.8 } };
  };
  return {
    height: width < 420 ? 270 : 320,
    key: named ? series.map((one, i) => [look.plan(i), one.name]) : undefined,
    option: frame({
      grid: grid(64, 26, 18, 48),
      xAxis: numberAxis(x, look, tickCount(width), false),
      yAxis: numberAxis(y, look, 5, true),
      series: [
        ...series.map((one, i) => {
          const color = look.plan(i);
          const base = { id: `series-${i}`, name: one.name, data: one.points, silent: true, emphasis: { disabled: true } };
          if (one.mark === "points") return { ...base, type: "scatter", symbolSize: 8, itemStyle: { color, opacity: 0.85, borderColor: look.paper, borderWidth: 1 } };
          if (one.mark === "bars") return { ...base, type: "custom", clip: true, renderItem: bar(one.points, color) };
          return { ...base, type: "line", showSymbol: false, step: one.mark === "steps" ? "end" : false, lineStyle: { color, width: 2, type: dashOf(i) }, itemStyle: { color } };
        }),
        markSeries([], look),
      ],
    }),
    describeAt(where) {
      const near = xs.reduce((best, value) => (Math.abs(value - where) < Math.abs(best - where) ? value : best), xs[0] ?? where);
      const rows = series.flatMap((one, i) => one.points.filter(([value]) => value === near).slice(0, 3).map(([, value]) => [look.plan(i), one.name, figure(value)]));
      return { at: near, title: `${chart.x_label}: ${figure(near)}`, rows };
    },
  };
}

/** Rows by name, a line from zero to a dot for each series. */
export function dots(chart, look, width) {
  const room = nameRoom(chart.rows, width);
  const x = axisOf(chart.y_label, [0, ...chart.series.flatMap(({ points }) => points.map(([, value]) => value))], true);
  const height = Math.max(26, 15 * chart.series.length + 8);
  const places = chart.series.flatMap((one, s) => one.points.map(([at, value]) => [value, at - 1, s]));
  const dot = (params, api) => {
    const [value, row, s] = places[params.dataIndex];
    const shift = (s - (chart.series.length - 1) / 2) * 14;
    const [px, py] = api.coord([value, row]);
    const zero = api.coord([0, row])[0];
    const color = look.plan(s);
    return {
      type: "group",
      children: [
        { type: "line", shape: { x1: zero, x2: px, y1: py + shift, y2: py + shift }, style: { stroke: color, lineWidth: 4, opacity: 0.5 } },
        { type: "circle", shape: { cx: px, cy: py + shift, r: 5 }, style: { fill: color, stroke: look.paper, lineWidth: 1 } },
      ],
    };
  };
  return {
    height: 58 + height * chart.rows.length,
    key: chart.series.length > 1 ? chart.series.map((one, i) => [look.plan(i), one.name]) : undefined,
    option: frame({
      grid: grid(room, 8, 22, 48),
      xAxis: numberAxis(x, look, tickCount(width - room), false),
      yAxis: nameAxis(chart.rows, look, room),
      series: [
        { id: "dots", type: "custom", data: places, encode: { x: 0, y: 1 }, renderItem: dot },
        markSeries([{ vertical: true, at: 0, label: "", solid: true }], { ...look, budget: look.soft }),
      ],
    }),
    describeItem({ seriesId, dataIndex }) {
      if (seriesId !== "dots") return null;
      const [value, row, s] = places[dataIndex];
      return { title: chart.rows[row], rows: [[look.plan(s), chart.series[s].name, figure(value)]] };
    },
  };
}

/** From a first total to a last one by changes. */
export function totals(chart, look, width) {
  const values = chart.series[0].points.map(([, value]) => value);
  const steps = values.map((value, i) => ({ label: chart.rows[i], low: i === 0 ? 0 : values[i - 1], high: value, change: i === 0 ? value : value - values[i - 1], isTotal: i === 0 }));
  const bars = [...steps, { label: chart.rows[chart.rows.length - 1], low: 0, high: values[values.length - 1], change: values[values.length - 1], isTotal: true }];
  const room = nameRoom(bars.map(({ label }) => label), width);
  // From zero, but where that would leave the changes too small to be seen.
  const all = bars.flatMap(({ low, high, isTotal }) => (isTotal ? [high] : [low, high]));
  const span = Math.max(...all) - Math.min(...all);
  const far = span < 0.25 * Math.max(...all.map(Math.abs));
  const x = axisOf(chart.y_label, far ? all : [0, ...all], !far);
  const color = (bar) => (bar.isTotal ? look.plan(0) : bar.change > 0 ? look.bad : look.good);
  const bar = (params, api) => {
    const one = bars[params.dataIndex];
    const from = one.isTotal ? x.low : one.low;
    const [x0, y] = api.coord([Math.min(from, one.high), params.dataIndex]);
    const x1 = api.coord([Math.max(from, one.high), params.dataIndex])[0];
    const half = 0.32 * api.size([0, 1])[1];
    const isRight = x1 > params.coordSys.x + 0.82 * params.coordSys.width;
    const isWithin = isRight && x0 < params.coordSys.x + 70;
    const spot = isWithin ? { x: x1 - 6, align: "right", fill: look.paper } : isRight ? { x: x0 - 6, align: "right", fill: look.ink } : { x: x1 + 6, align: "left", fill: look.ink };
    return {
      type: "group",
      children: [
        { type: "rect", shape: { x: x0, y: y - half, width: Math.max(1, x1 - x0), height: 2 * half }, style: { fill: color(one) } },
        { type: "text", style: { ...spot, y: y - 6, text: (one.isTotal || one.change <= 0 ? "" : "+") + figure(one.change), fontSize: 12 } },
      ],
    };
  };
  return {
    height: 58 + 28 * bars.length,
    key: [
      [look.bad, "costs more"],
      [look.good, "costs less"],
    ],
    option: frame({
      grid: grid(room, 8, 22, 48),
      xAxis: numberAxis(x, look, tickCount(width - room), false),
      yAxis: nameAxis(bars.map(({ label }) => label), look, room),
      series: [{ id: "bars", type: "custom", clip: false, data: bars.map((one, i) => [one.high, i]), renderItem: bar }],
    }),
    describeItem({ dataIndex }) {
      const one = bars[dataIndex];
      return { title: one.label, rows: [[one.isTotal ? look.plan(0) : pale(color(one)), one.isTotal ? "mean cost" : "change", figure(one.change)]] };
    },
  };
}

function chartOf(one) {
  if (one.cells.length) {
    const values = one.cells.flat().filter(Number.isFinite);
    return { kind: "heat", rows: one.rows, columns: one.columns, cells: one.cells, words: one.y_label, text: figure, label: (value) => short.format(value), least: Math.min(...values) };
  }
  if (one.rows.length) return { ...one, kind: one.series[0]?.mark === "steps" ? "totals" : "dots" };
  return { ...one, kind: "plot" };
}

/** The chart of each figure, by its id. */
export const plotCharts = () => Object.fromEntries(page.plots.map((one, i) => [`plot-${i}`, () => chartOf(one)]));
