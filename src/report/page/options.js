// What each kind of chart is to ECharts. Every function takes the chart's data and the look of things, and gives its
// height, its options, and what to say at a place.
import { exact, money, percent, roundTicks, short } from "./format.js";
import { data, shown } from "./state.js";
import { dashOf, symbolOf } from "./theme.js";

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const name = (plan) => data.plans[plan].name;
const zip = (x, y) => x.map((value, i) => [value, y[i]]);

function frame(option) {
  return { animation: false, textStyle: { fontFamily: font, fontSize: 12 }, ...option };
}

function valueAxis(axis, look, count, vertical) {
  const labels = new Map(axis.ticks.map(([at, label]) => [at, label]));
  const ticks = labels.size ? [...labels.keys()].filter((at) => at >= axis.low && at <= axis.high) : roundTicks(axis, count);
  return {
    type: "value",
    min: axis.low,
    max: axis.high,
    name: vertical && axis.kind === "share" ? "" : axis.title,
    nameLocation: vertical ? "end" : "middle",
    nameGap: vertical ? 10 : 27,
    nameTextStyle: { color: look.soft, align: vertical ? "left" : "center", padding: 0 },
    axisLine: { show: !vertical, lineStyle: { color: look.soft } },
    axisTick: { show: !vertical, customValues: ticks, lineStyle: { color: look.soft } },
    axisLabel: {
      color: look.soft,
      hideOverlap: true,
      customValues: ticks,
      formatter: (value) => labels.get(value) ?? short(axis, value),
    },
    splitLine: { show: true, lineStyle: { color: look.grid } },
  };
}

function nameAxis(names, look, room) {
  return {
    type: "category",
    data: names,
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.ink, interval: 0, width: room - 14, overflow: "truncate" },
    splitLine: { show: false },
  };
}

/** The room that names to the left of a chart take. */
const nameRoom = (names, width) =>
  Math.min(0.38 * width, 22 + 7 * Math.max(...names.map((text) => text.length), 4));

const grid = (left, top, right, bottom) => ({ left, top, right, bottom, outerBoundsMode: "none" });

/** Lines across the chart, with their words. */
export function markSeries(marks, look) {
  return {
    id: "marks",
    type: "custom",
    silent: true,
    z: 20,
    data: marks.map((mark) => [mark.at]),
    renderItem(params, api) {
      const { x, y, width, height } = params.coordSys;
      const mark = marks[params.dataIndex];
      const [across, up] = api.coord(mark.vertical ? [mark.at, 0] : [0, mark.at]);
      const share = (across - x) / width;
      const align = !mark.vertical || share < 0.1 ? "left" : share > 0.85 ? "right" : "center";
      const shape = mark.vertical
        ? { x1: across, x2: across, y1: y - 4, y2: y + height }
        : { x1: x, x2: x + width, y1: up, y2: up };
      const spot = mark.vertical ? { x: across, y: y - 20 } : { x: x + 6, y: up - 15 };
      return {
        type: "group",
        children: [
          { type: "line", shape, style: { stroke: look.budget, lineWidth: 1.5, lineDash: mark.solid ? null : [6, 3] } },
          {
            type: "text",
            style: {
              ...spot,
              text: mark.label,
              fill: look.budget,
              align,
              stroke: look.paper,
              lineWidth: 3,
              fontFamily: font,
              fontSize: 12,
            },
          },
        ],
      };
    },
  };
}

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

function lines(chart, look, width) {
  const visible = chart.lines.filter((line) => shown.has(line.plan));
  return {
    height: width < 480 ? 290 : 350,
    option: frame({
      grid: grid(52, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, Math.max(3, Math.floor(width / 95)), false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [...visible.map((line) => planLine(line.plan, zip(line.x, line.y), look)), markSeries(chart.marks, look)],
    }),
    tellAt(x) {
      const rows = visible.map((line) => [line.plan, valueAt(line, x)]).sort((a, b) => b[1] - a[1]);
      return {
        at: x,
        title: exact(chart.x, x),
        rows: rows.map(([plan, value]) => [look.plan(plan), name(plan), exact(chart.y, value)]),
      };
    },
  };
}

function fan(chart, look, width) {
  const color = look.plan(chart.plan);
  const band = ({ low, high }, i) => ({
    id: `band-${i}`,
    type: "custom",
    silent: true,
    clip: true,
    data: [[0]],
    renderItem: (params, api) => ({
      type: "polygon",
      shape: {
        points: [
          ...chart.time.map((time, t) => api.coord([time, high[t]])),
          ...chart.time.map((time, t) => api.coord([time, low[t]])).reverse(),
        ],
      },
      style: { fill: color, opacity: 0.18 },
    }),
  });
  return {
    height: 290,
    option: frame({
      grid: grid(52, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, 6, false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [
        ...chart.bands.map(band),
        planLine(chart.plan, zip(chart.time, chart.median), look, 2.5),
        markSeries(chart.marks, look),
      ],
    }),
    tellAt(x) {
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

function ridges(chart, look, width) {
  const visible = chart.ridges.filter((ridge) => shown.has(ridge.plan));
  const names = visible.map((ridge) => name(ridge.plan));
  const room = nameRoom(names, width);
  const hill = (params, api) => {
    const ridge = visible[params.dataIndex];
    const color = look.plan(ridge.plan);
    const at = (value) => api.coord([value, params.dataIndex]);
    const row = api.size([0, 1])[1];
    const base = at(0)[1] + 0.4 * row;
    const points = [];
    ridge.heights.forEach((height, i) => {
      const y = base - 0.78 * row * height;
      points.push([at(ridge.first + i * ridge.width)[0], y], [at(ridge.first + (i + 1) * ridge.width)[0], y]);
    });
    const outline = [[points[0][0], base], ...points, [points[points.length - 1][0], base]];
    const [from, middle, to] = [ridge.p10, ridge.p50, ridge.p90].map((value) => at(value)[0]);
    return {
      type: "group",
      children: [
        { type: "polygon", shape: { points: outline }, style: { fill: color, opacity: 0.32 } },
        { type: "polyline", shape: { points: outline }, style: { stroke: color, lineWidth: 1.2, fill: "none" } },
        { type: "line", shape: { x1: from, x2: to, y1: base, y2: base }, style: { stroke: color, lineWidth: 4 } },
        {
          type: "circle",
          shape: { cx: middle, cy: base, r: 5 },
          style: { fill: color, stroke: look.paper, lineWidth: 1.5 },
        },
      ],
    };
  };
  return {
    height: 74 + 52 * Math.max(1, visible.length),
    option: frame({
      grid: grid(room, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, Math.max(3, Math.floor((width - room) / 95)), false),
      yAxis: nameAxis(names, look, room),
      series: [
        { id: "hills", type: "custom", data: visible.map((ridge, i) => [ridge.p50, i]), renderItem: hill, clip: true },
        markSeries(chart.marks, look),
      ],
    }),
    tellItem({ seriesId, dataIndex }) {
      if (seriesId !== "hills") return null;
      const { plan, p10, p50, p90 } = visible[dataIndex];
      const mean = data.plans[plan].mean;
      return {
        title: name(plan),
        rows: [
          [look.plan(plan), "P10", money(p10)],
          [look.plan(plan), "P50", money(p50)],
          [look.plan(plan), "P90", money(p90)],
          [null, "mean", money(mean)],
        ],
      };
    },
  };
}

function stack(chart, look, width) {
  const visible = chart.bars.filter((bar) => shown.has(bar.plan));
  const names = visible.map((bar) => name(bar.plan));
  const room = nameRoom(names, width);
  return {
    height: 60 + 36 * Math.max(1, visible.length),
    key: chart.parts.map((part, i) => [look.part(chart.styles[i]), part]),
    option: frame({
      grid: grid(room, 8, 18, 48),
      xAxis: valueAxis(chart.x, look, Math.max(3, Math.floor((width - room) / 95)), false),
      yAxis: nameAxis(names, look, room),
      series: chart.parts.map((part, i) => ({
        id: `part-${i}`,
        name: part,
        type: "bar",
        stack: "all",
        barWidth: "62%",
        emphasis: { disabled: true },
        itemStyle: { color: look.part(chart.styles[i]), borderColor: look.paper, borderWidth: 1 },
        data: visible.map((bar) => bar.values[i]),
      })),
    }),
    tellItem({ dataIndex }) {
      const bar = visible[dataIndex];
      const total = bar.values.reduce((sum, value) => sum + value, 0);
      return {
        title: name(bar.plan),
        rows: [
          ...chart.parts.map((part, i) => [look.part(chart.styles[i]), part, money(bar.values[i])]),
          [null, "all", money(total)],
        ].filter(([, , value]) => value !== money(0)),
      };
    },
  };
}

function ranges(chart, look, width) {
  const alone = chart.groups.length === 1;
  const several = chart.ranges.length > chart.groups.length;
  const rows = [];
  chart.groups.forEach((group, g) => {
    const members = chart.ranges.filter((range) => range.group === g && shown.has(range.plan));
    if (!members.length) return;
    if (rows.length && several) rows.push({ label: "" });
    members.forEach((range, i) =>
      rows.push({ label: alone ? name(range.plan) : i === (members.length - 1) >> 1 ? group : "", range, group }),
    );
  });
  const crowded = rows.some((row) => !row.label && row.range);
  const room = nameRoom(rows.map((row) => row.label), width);
  const line = (params, api) => {
    const { range } = rows[params.dataIndex];
    if (!range) return null;
    const color = look.plan(range.plan);
    const [x0, y] = api.coord([range.low, params.dataIndex]);
    const [x1] = api.coord([range.middle, params.dataIndex]);
    const [x2] = api.coord([range.high, params.dataIndex]);
    return {
      type: "group",
      children: [
        { type: "rect", shape: { x: x0 - 8, y: y - 8, width: x2 - x0 + 16, height: 16 }, style: { fill: "transparent" } },
        { type: "line", shape: { x1: x0, x2, y1: y, y2: y }, style: { stroke: color, lineWidth: 3, opacity: 0.75 } },
        { type: "circle", shape: { cx: x1, cy: y, r: 5 }, style: { fill: color, stroke: look.paper, lineWidth: 1 } },
      ],
    };
  };
  return {
    height: 74 + (crowded ? 17 : 30) * Math.max(1, rows.length),
    option: frame({
      grid: grid(room, 26, 18, 48),
      xAxis: valueAxis(chart.x, look, Math.max(3, Math.floor((width - room) / 95)), false),
      yAxis: nameAxis(rows.map((row) => row.label), look, room),
      series: [
        {
          id: "ranges",
          type: "custom",
          data: rows.map((row, i) => [row.range ? row.range.middle : "-", i]),
          renderItem: line,
        },
        markSeries(chart.marks, look),
      ],
    }),
    tellItem({ seriesId, dataIndex }) {
      const row = rows[dataIndex];
      if (seriesId !== "ranges" || !row?.range) return null;
      const { plan, low, middle, high } = row.range;
      const color = look.plan(plan);
      const value = (amount) => (chart.x.kind === "share" ? percent(amount) : money(amount));
      const figures = low === high ? [value(middle)] : [low, middle, high].map(value);
      return {
        title: alone || row.group === name(plan) ? name(plan) : `${row.group}, ${name(plan)}`,
        rows: [[color, chart.words, figures.join(" · ")]],
      };
    },
  };
}

/** How far each dot's label moves down so that none covers another. */
function labelShifts(dots, pixelOf) {
  const shifts = new Map();
  let free = -Infinity;
  for (const dot of [...dots].sort((a, b) => b.y - a.y)) {
    const pixel = pixelOf(dot);
    const label = Math.max(pixel, free);
    shifts.set(dot.plan, label - pixel);
    free = label + 15;
  }
  return shifts;
}

function scatter(chart, look, width) {
  const visible = chart.dots.filter((dot) => shown.has(dot.plan));
  const efficient = chart.frontier.filter((plan) => shown.has(plan));
  const place = (plan) => chart.dots.find((dot) => dot.plan === plan);
  const height = width < 480 ? 340 : 400;
  const atRight = (dot) => dot.x > chart.x.low + 0.7 * (chart.x.high - chart.x.low);
  const shifts = labelShifts(visible, (dot) => ((chart.y.high - dot.y) / (chart.y.high - chart.y.low)) * (height - 80));
  return {
    height,
    option: frame({
      grid: grid(56, 30, 24, 50),
      xAxis: valueAxis(chart.x, look, Math.max(3, Math.floor(width / 95)), false),
      yAxis: valueAxis(chart.y, look, 5, true),
      series: [
        {
          id: "frontier",
          type: "line",
          silent: true,
          showSymbol: false,
          emphasis: { disabled: true },
          lineStyle: { color: look.soft, width: 1.5, type: [5, 4] },
          data: efficient.map(place).map((dot) => [dot.x, dot.y]),
        },
        {
          id: "dots",
          type: "scatter",
          symbolSize: 13,
          data: visible.map((dot) => ({
            value: [dot.x, dot.y],
            symbol: symbolOf(dot.plan),
            itemStyle: { color: look.plan(dot.plan), borderColor: look.paper, borderWidth: 1 },
            label: {
              show: true,
              formatter: () => name(dot.plan),
              position: atRight(dot) ? "left" : "right",
              offset: [0, shifts.get(dot.plan)],
              color: look.ink,
              fontWeight: efficient.includes(dot.plan) ? 600 : 400,
              textBorderColor: look.paper,
              textBorderWidth: 3,
            },
          })),
        },
      ],
    }),
    tellItem({ seriesId, dataIndex }) {
      if (seriesId !== "dots") return null;
      const { plan, x, y } = visible[dataIndex];
      const words = (axis) => axis.title.replace(/,[^,]*$/, "");
      return {
        title: name(plan),
        rows: [
          [look.plan(plan), words(chart.x), money(x)],
          [look.plan(plan), words(chart.y), money(y)],
        ],
      };
    },
  };
}

export const kinds = { lines, fan, ridges, stack, ranges, scatter };
