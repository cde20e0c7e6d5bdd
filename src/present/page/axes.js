// Axes, marks and other parts that several kinds of charts have.
import { roundTicks, short } from "./format.js";
import { data } from "./state.js";

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
export const name = (plan) => data.plans[plan].name;
export const zip = (x, y) => x.map((value, i) => [value, y[i]]);

export function frame(option) {
  return { animation: false, textStyle: { fontFamily: font, fontSize: 12 }, ...option };
}

export function valueAxis(axis, look, count, vertical) {
  const labels = new Map(axis.ticks.map(([at, label]) => [at, label]));
  const given = [...labels.keys()].filter((at) => at >= axis.low && at <= axis.high);
  const every = Math.ceil(given.length / (1.5 * count));
  const ticks = labels.size ? given.filter((_, i) => i % every === 0) : roundTicks(axis, count);
  return {
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
    axisLabel: { color: look.ink, interval: 0, margin: 12, width: room - 18, overflow: "truncate" },
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
