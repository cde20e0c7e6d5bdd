// Axes, marks and other parts that several kinds of charts have.
import { short } from "./format.js";
import { decimalsOf, roundTicks } from "./scale.js";
import { plans } from "./state.js";

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
export const name = (plan) => plans[plan].plan;
export const zip = (x, y) => x.map((value, i) => [value, y[i]]);

/** Options with the room to the right that the last label of the axis takes. */
export function frame(option) {
  const { xAxis, grid: place } = option;
  if (xAxis?.lastLabel) place.right = Math.max(place.right, 4 + 3.6 * xAxis.lastLabel);
  return { animation: false, textStyle: { fontFamily: font, fontSize: 12 }, ...option };
}

export function valueAxis(axis, look, count, vertical) {
  const labels = new Map(axis.ticks.map(([at, label]) => [at, label]));
  const given = [...labels.keys()].filter((at) => at >= axis.low && at <= axis.high);
  const isLong = [...labels.values()].some((label) => label.split("\n").some((line) => line.length > 4));
  const every = Math.ceil(given.length / ((isLong ? 1 : 1.5) * count));
  // Those that are left out lie between; the last one stays.
  const ticks = labels.size ? given.filter((_, i) => (given.length - 1 - i) % every === 0) : roundTicks(axis, count);
  // As many decimals as the ticks need.
  if (axis.kind === "money" && !labels.size && ticks.length > 1) axis = { ...axis, decimals: decimalsOf((ticks[1] - ticks[0]) / axis.divisor) };
  const last = ticks[ticks.length - 1];
  const isAtEnd = last !== undefined && (axis.high - last) / (axis.high - axis.low) < 0.06;
  const lastText = isAtEnd ? (labels.get(last) ?? short(axis, last)) : "";
  return {
    lastLabel: Math.max(0, ...lastText.split("\n").map((line) => line.length)),
    type: "value",
    min: axis.low,
    max: axis.high,
    name: vertical && axis.kind === "share" ? "" : axis.title,
    nameLocation: vertical ? "end" : "middle",
    nameGap: vertical ? 10 : 29,
    nameTextStyle: { color: look.soft, align: vertical ? "left" : "center", padding: 0 },
    axisLine: { show: !vertical, lineStyle: { color: look.soft } },
    axisTick: { show: !vertical, customValues: ticks, lineStyle: { color: look.soft } },
    axisLabel: {
      color: look.soft,
      lineHeight: 15,
      hideOverlap: true,
      customValues: ticks,
      formatter: (value) => labels.get(value) ?? short(axis, value),
    },
    splitLine: { show: true, lineStyle: { color: look.grid } },
  };
}

/** How many ticks a horizontal axis has room for. */
export const tickCount = (width) => Math.max(3, Math.floor(width / 72));

export function nameAxis(names, look, room) {
  return {
    type: "category",
    data: names,
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.ink, interval: 0, margin: 12, width: room - 18, overflow: "break", lineHeight: 14 },
    splitLine: { show: false },
  };
}

/** The room that names to the left of a chart take. */
export const nameRoom = (names, width) =>
  Math.min(0.38 * width, 26 + 7 * Math.max(...names.map((text) => text.length), 4));

export const grid = (left, top, right, bottom) => ({ left, top, right, bottom, outerBoundsMode: "none" });

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
      // Below its line where there is no room above.
      const spot = mark.vertical ? { x: across, y: y - 20 } : { x: x + 6, y: up - y < 20 ? up + 5 : up - 15 };
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
