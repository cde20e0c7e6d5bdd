// Charts with a row a plan, a group or an unknown. Every function takes the chart's data, the look of things and the
// width there is, and gives its height, its options, and what to say of an item.
import { frame, grid, markSeries, name, nameAxis, nameRoom, tickCount, valueAxis } from "./axes.js";
import { money, percent, shortMoney } from "./format.js";
import { plans } from "./state.js";
import { pale } from "./theme.js";

export function ridges(chart, look, width) {
  const visible = chart.ridges;
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
    const [from, middle, to] = ridge.levels.map(([, value]) => at(value)[0]);
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
      xAxis: valueAxis(chart.x, look, tickCount(width - room), false),
      yAxis: nameAxis(names, look, room),
      series: [
        { id: "hills", type: "custom", data: visible.map((ridge, i) => [ridge.levels[1][1], i]), renderItem: hill, clip: true },
        markSeries(chart.marks, look),
      ],
    }),
    describeItem({ seriesId, dataIndex }) {
      if (seriesId !== "hills") return null;
      const { plan, levels } = visible[dataIndex];
      const mean = plans[plan].cost_mean;
      return {
        title: name(plan),
        rows: [
          ...levels.map(([words, value]) => [look.plan(plan), words, money(value)]),
          [null, "mean", money(mean)],
        ],
      };
    },
  };
}

export function stack(chart, look, width) {
  const visible = chart.bars;
  const names = visible.map((bar) => name(bar.plan));
  const room = nameRoom(names, width);
  return {
    height: 60 + 36 * Math.max(1, visible.length),
    key: chart.parts.map((part, i) => [look.part(chart.styles[i]), part]),
    option: frame({
      grid: grid(room, 8, 18, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width - room), false),
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
    describeItem({ dataIndex }) {
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

export function ranges(chart, look, width) {
  const alone = chart.groups.length === 1;
  const several = chart.ranges.length > chart.groups.length;
  const rows = [];
  chart.groups.forEach((group, g) => {
    const members = chart.ranges.filter((range) => range.group === g);
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
      xAxis: valueAxis(chart.x, look, tickCount(width - room), false),
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
    describeItem({ seriesId, dataIndex }) {
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

export function tornado(chart, look, width) {
  const color = look.plan(chart.plan);
  const labels = chart.bars.map((bar) => bar.label);
  const room = nameRoom(labels, width);
  const bar = (params, api) => {
    const { low, high } = chart.bars[params.dataIndex];
    const [middle, y] = api.coord([chart.middle, params.dataIndex]);
    const half = 0.32 * api.size([0, 1])[1];
    const part = (value, opacity) => {
      const end = api.coord([value, params.dataIndex])[0];
      const shape = { x: Math.min(middle, end), y: y - half, width: Math.abs(end - middle), height: 2 * half };
      return { type: "rect", shape, style: { fill: color, opacity } };
    };
    // Where both ends lie on one side of the mean, the nearer one stays to be seen.
    const parts = [part(low, 0.35), part(high, 0.9)];
    const hidden = (low - chart.middle) * (high - chart.middle) > 0 && Math.abs(low - chart.middle) < Math.abs(high - chart.middle);
    const axis = { x1: middle, x2: middle, y1: y - 1.6 * half, y2: y + 1.6 * half };
    return {
      type: "group",
      children: [...(hidden ? parts.reverse() : parts), { type: "line", shape: axis, style: { stroke: look.soft, lineWidth: 1 } }],
    };
  };
  return {
    height: 58 + 30 * Math.max(1, labels.length),
    key: [
      [pale(color), "where it is lowest"],
      [color, "where it is highest"],
    ],
    option: frame({
      grid: grid(room, 8, 22, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width - room), false),
      yAxis: nameAxis(labels, look, room),
      series: [{ id: "bars", type: "custom", clip: true, data: chart.bars.map((_, i) => [chart.middle, i]), renderItem: bar }],
    }),
    describeItem({ seriesId, dataIndex }) {
      if (seriesId !== "bars") return null;
      const { label, low, high, notes } = chart.bars[dataIndex];
      return {
        title: label,
        rows: [
          [pale(color), "mean cost where lowest", money(chart.mean + low)],
          [color, "mean cost where highest", money(chart.mean + high)],
          ...notes.map(([what, value]) => [null, what, value]),
        ],
      };
    },
  };
}

/** Bars between two totals, each from where the one before ended. */
export function waterfall(chart, look, width) {
  const labels = chart.bars.map((bar) => bar.label);
  const room = nameRoom(labels, width);
  const color = (bar) => (bar.plan !== undefined ? look.plan(bar.plan) : bar.change > 0 ? look.bad : look.good);
  const text = (bar) => (bar.plan !== undefined ? "" : bar.change > 0 ? "+" : "") + shortMoney(bar.change);
  const bar = (params, api) => {
    const one = chart.bars[params.dataIndex];
    const [x0, y] = api.coord([Math.min(one.low, one.high), params.dataIndex]);
    const x1 = api.coord([Math.max(one.low, one.high), params.dataIndex])[0];
    const end = api.coord([one.high, params.dataIndex])[0];
    const half = 0.32 * api.size([0, 1])[1];
    // Beside the bar, within it where it fills the chart, or before it.
    const isRight = x1 > params.coordSys.x + 0.82 * params.coordSys.width;
    const isWithin = isRight && x0 < params.coordSys.x + 70;
    const place = isWithin ? { x: x1 - 6, align: "right", fill: look.paper } : isRight ? { x: x0 - 6, align: "right", fill: look.ink } : { x: x1 + 6, align: "left", fill: look.ink };
    const children = [
      { type: "rect", shape: { x: x0, y: y - half, width: Math.max(1, x1 - x0), height: 2 * half }, style: { fill: color(one) } },
      {
        type: "text",
        style: { ...place, y: y - 6, text: text(one), fontSize: 12 },
      },
    ];
    if (params.dataIndex + 1 < chart.bars.length)
      children.push({ type: "line", shape: { x1: end, x2: end, y1: y + half, y2: y + 3.1 * half }, style: { stroke: look.soft, lineWidth: 1 } });
    return { type: "group", children };
  };
  return {
    height: 58 + 28 * labels.length,
    key: [
      [look.bad, "costs more"],
      [look.good, "costs less"],
    ],
    option: frame({
      grid: grid(room, 8, 22, 48),
      xAxis: valueAxis(chart.x, look, tickCount(width - room), false),
      yAxis: nameAxis(labels, look, room),
      series: [{ id: "bars", type: "custom", clip: false, data: chart.bars.map((one, i) => [one.high, i]), renderItem: bar }],
    }),
    describeItem({ dataIndex }) {
      const one = chart.bars[dataIndex];
      return { title: one.label, rows: [[color(one), one.plan !== undefined ? "mean cost" : "change", (one.change > 0 && one.plan === undefined ? "+" : "") + money(one.change)]] };
    },
  };
}

/** Rows by columns, the darker the more. */
export function heat(chart, look, width) {
  const room = nameRoom(chart.rows, width);
  const most = chart.most ?? Math.max(...chart.cells.flat().filter(Number.isFinite), 0);
  const least = chart.least ?? 0;
  const cells = chart.cells.flatMap((row, r) => row.map((value, c) => [c, r, value]));
  const wide = (width - room - 20) / chart.columns.length;
  const written = wide >= 44;
  const cell = (params, api) => {
    const value = cells[params.dataIndex][2];
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const [w, h] = api.size([1, 1]);
    const share = value === null ? 0 : Math.max(0, Math.min(1, (value - least) / (most - least || 1)));
    const shape = { x: x - w / 2 + 0.5, y: y - h / 2 + 0.5, width: w - 1, height: h - 1 };
    const children = [
      { type: "rect", shape, style: { fill: look.grid } },
      { type: "rect", shape, style: { fill: look.heat, opacity: 0.04 + 0.86 * share } },
    ];
    if (written && value !== null)
      children.push({
        type: "text",
        style: { x, y: y - 5.5, text: chart.label(value), align: "center", fill: share > 0.55 ? look.paper : look.ink, fontSize: 11 },
      });
    return { type: "group", children };
  };
  const names = nameAxis(chart.rows, look, room);
  const every = Math.max(1, Math.ceil(62 / wide));
  return {
    height: 44 + 30 * chart.rows.length,
    option: frame({
      grid: grid(room, 4, 18, 40),
      xAxis: {
        type: "category",
        data: chart.columns,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: look.soft, interval: (i) => i % every === 0, width: Math.max(40, wide * every - 4), overflow: "break", lineHeight: 14 },
      },
      yAxis: names,
      series: [{ id: "cells", type: "custom", data: cells, encode: { x: 0, y: 1 }, renderItem: cell }],
    }),
    describeItem({ dataIndex }) {
      const [c, r, value] = cells[dataIndex];
      return { title: `${chart.rows[r]}, ${chart.columns[c]}`, rows: [[look.heat, chart.words, chart.text(value)]] };
    },
  };
}
