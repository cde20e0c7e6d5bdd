// Plans as dots: cost against risk.
import { frame, grid, name, tickCount, valueAxis } from "./axes.js";
import { exact } from "./format.js";
import { symbolOf } from "./theme.js";

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

export function scatter(chart, look, width) {
  const visible = chart.dots;
  const efficient = chart.frontier;
  const place = (plan) => chart.dots.find((dot) => dot.plan === plan);
  const height = width < 480 ? 340 : 400;
  const atRight = (dot) => dot.x > chart.x.low + 0.7 * (chart.x.high - chart.x.low);
  const shifts = labelShifts(visible, (dot) => ((chart.y.high - dot.y) / (chart.y.high - chart.y.low)) * (height - 80));
  return {
    height,
    option: frame({
      grid: grid(56, 30, 24, 50),
      xAxis: valueAxis(chart.x, look, tickCount(width), false),
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
    describeItem({ seriesId, dataIndex }) {
      if (seriesId !== "dots") return null;
      const { plan, x, y } = visible[dataIndex];
      const words = (axis) => axis.title.replace(/,[^,]*$/, "");
      return {
        title: name(plan),
        rows: [
          [look.plan(plan), words(chart.x), exact(chart.x, x)],
          [look.plan(plan), words(chart.y), exact(chart.y, y)],
        ],
      };
    },
  };
}
