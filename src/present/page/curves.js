// Charts over time, over cost and over the number of futures. Every function takes the chart's data, the look of things
// and the width there is, and gives its height, its options, and what to say at a place.
import { frame, grid, markSeries, name, tickCount, valueAxis, zip } from "./axes.js";
import { exact, money } from "./format.js";
import { dashOf, pale } from "./theme.js";

const panelHeight = (width) => (width < 420 ? 250 : 290);

/** The space between two curves over the same places. */
const area = (id, x, low, high, color, opacity) => ({
  id,
  type: "custom",
  silent: true,
  clip: true,
  data: [[0]],
  renderItem: (params, api) => ({
    type: "polygon",
    shape: {
      points: [...x.map((at, i) => api.coord([at, high[i]])), ...x.map((at, i) => api.coord([at, low[i]])).reverse()],
    },
    style: { fill: color, opacity },
  }),
});

const planLine = (plan, points, look, width = 2) => ({
  id: `plan-${plan}`,
  type: "line",
  name: name(plan),
  data: points,
  showSymbol: false,
  silent: true,
  emphasis: { disabled: true },
  lineStyle: { color: look.plan(plan), width, type: dashOf(plan) },
  itemStyle: { color: look.plan(plan) },
});

/** The value of a curve at x, between its points. */
function valueAt(line, x) {
  let high = line.x.findIndex((at) => at >= x);
  if (high < 0) return line.y[line.y.length - 1];
  if (high === 0) return line.y[0];
  const [x0, x1] = [line.x[high - 1], line.x[high]];
  const share = x1 > x0 ? (x - x0) / (x1 - x0) : 1;
  return line.y[high - 1] + share * (line.y[high] - line.y[high - 1]);
}

/** Where an axis has figures at its ticks alone, the nearest of these. */
function atTick(axis, x) {
  if (axis.kind !== "number" || !axis.ticks.length) return x;
  return axis.ticks.map(([at]) => at).reduce((best, at) => (Math.abs(at - x) < Math.abs(best - x) ? at : best));
}

export function lines(chart, look, width) {
  const visible = chart.lines;
  return {
    height: width < 480 ? 290 : 350,
    option: frame({
      grid: grid(52, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width), false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [
        ...visible.filter((line) => line.low).map((line) => area(`interval-${line.plan}`, line.x, line.low, line.high, look.plan(line.plan), 0.1)),
        ...visible.map((line) => planLine(line.plan, zip(line.x, line.y), look)),
        markSeries(chart.marks, look),
      ],
    }),
    describeAt(where) {
      const x = atTick(chart.x, where);
      const rows = visible.map((line) => [line.plan, valueAt(line, x)]).sort((a, b) => b[1] - a[1]);
      return {
        at: x,
        title: exact(chart.x, x),
        rows: rows.map(([plan, value]) => [look.plan(plan), name(plan), exact(chart.y, value)]),
      };
    },
  };
}

export function fan(chart, look, width) {
  const color = look.plan(chart.plan);
  return {
    height: chart.height ?? panelHeight(width),
    option: frame({
      grid: grid(52, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width), false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [
        ...chart.bands.map(({ low, high }, i) => area(`band-${i}`, chart.time, low, high, color, 0.18)),
        planLine(chart.plan, zip(chart.time, chart.median), look, 2.5),
        markSeries(chart.marks, look),
      ],
    }),
    describeAt(x) {
      let nearest = 0;
      chart.time.forEach((time, t) => {
        if (Math.abs(time - x) < Math.abs(chart.time[nearest] - x)) nearest = t;
      });
      const spans = chart.bands.map((one) => [null, one.label, `${money(one.low[nearest])} to ${money(one.high[nearest])}`]);
      return {
        at: chart.time[nearest],
        title: exact(chart.x, chart.time[nearest]),
        rows: [[color, "median", money(chart.median[nearest])], ...spans.reverse()],
      };
    },
  };
}

export function columns(chart, look, width) {
  const color = look.plan(chart.plan);
  const [middleWords, highWords, paceWords] = chart.words;
  const points = chart.middle.map((middle, i) => [(chart.bins[i][0] + chart.bins[i][1]) / 2, middle]);
  const column = (params, api) => {
    const i = params.dataIndex;
    const at = (hours, value) => api.coord([hours, value]);
    const [left, base] = at(chart.bins[i][0], 0);
    const right = at(chart.bins[i][1], 0)[0];
    const gap = 0.12 * (right - left);
    const part = (low, high, opacity) => {
      const [y0, y1] = [at(0, low)[1], at(0, high)[1]];
      const shape = { x: left + gap, y: Math.min(y0, y1), width: right - left - 2 * gap, height: Math.abs(y1 - y0) };
      return { type: "rect", shape, style: { fill: color, opacity } };
    };
    const pace = chart.pace.length ? at(0, chart.pace[i])[1] : base;
    const line = {
      type: "line",
      shape: { x1: left, x2: right, y1: pace, y2: pace },
      style: { stroke: look.budget, lineWidth: 1.5, lineDash: [6, 3] },
    };
    const children = [part(0, chart.middle[i], 0.85), part(chart.middle[i], chart.high[i], 0.3)];
    return { type: "group", children: chart.pace.length ? [...children, line] : children };
  };
  return {
    height: panelHeight(width),
    key: [
      [color, middleWords],
      [pale(color), `up to ${highWords}`],
      ...(chart.pace.length ? [[look.budget, paceWords]] : []),
    ],
    option: frame({
      grid: grid(52, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width), false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [{ id: "columns", type: "custom", silent: true, clip: true, data: points, renderItem: column }],
    }),
    describeAt(x) {
      const i = Math.max(0, chart.bins.findIndex(([, to]) => to >= x));
      const rows = [
        [color, middleWords, money(chart.middle[i])],
        [pale(color), highWords, money(chart.high[i])],
      ];
      if (chart.pace.length) rows.push([look.budget, paceWords, money(chart.pace[i])]);
      return {
        at: points[i][0],
        title: `${exact(chart.x, chart.bins[i][0])} to ${exact(chart.x, chart.bins[i][1])}`,
        rows,
      };
    },
  };
}
