// A chart's figures as CSV, and the chart as PNG.
import { init } from "echarts/core";

import { name } from "./axes.js";
import { instant } from "./format.js";

function save(blob, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  // A browser that is busy begins to read it late.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const rowsOf = {
  lines: ({ lines, x, y }) => [
    ["plan", x.title || "hours", y.title || "value", ...(x.kind === "time" ? ["date"] : [])],
    ...lines.flatMap((line) => line.x.map((value, i) => [name(line.plan), x.kind === "number" ? 2 ** value : value, line.y[i], ...(x.kind === "time" ? [instant(value)] : [])])),
  ],
  fan: ({ plan, time, median, bands }) => [
    ["plan", "hours", "date", "median", ...bands.flatMap(({ label }) => label.split(" to "))],
    ...time.map((hours, i) => [name(plan), hours, instant(hours), median[i], ...bands.flatMap(({ low, high }) => [low[i], high[i]])]),
  ],
  columns: ({ plan, bins, middle, high, words, pace }) => [
    ["plan", "from, hours", "from", words[0], words[1], ...(pace.length ? [words[2]] : [])],
    ...middle.map((value, i) => [name(plan), bins[i][0], instant(bins[i][0]), value, high[i], ...(pace.length ? [pace[i]] : [])]),
  ],
  ridges: ({ ridges }) => [
    ["plan", "from", "to", "relative height"],
    ...ridges.flatMap(({ plan, first, width, heights }) => heights.map((height, i) => [name(plan), first + i * width, first + (i + 1) * width, height])),
  ],
  stack: ({ parts, bars }) => [["plan", ...parts], ...bars.map(({ plan, values }) => [name(plan), ...values])],
  ranges: ({ groups, ranges }) => [["group", "plan", "low", "middle", "high"], ...ranges.map(({ plan, group, low, middle, high }) => [groups[group], name(plan), low, middle, high])],
  scatter: ({ dots, x, y }) => [["plan", x.title, y.title], ...dots.map((dot) => [name(dot.plan), dot.x, dot.y])],
  tornado: ({ plan, bars, mean }) => [["plan", "unknown", "mean cost where lowest", "mean cost where highest"], ...bars.map(({ label, low, high }) => [name(plan), label, mean + low, mean + high])],
  waterfall: ({ bars }) => [["step", "from", "to", "change"], ...bars.map(({ label, low, high, change }) => [label, low, high, change])],
  heat: ({ rows, columns, cells }) => [["", ...columns], ...rows.map((row, r) => [row, ...cells[r]])],
  dots: ({ rows, series }) => [["", ...series.map((one) => one.name)], ...rows.map((row, r) => [row, ...series.map((one) => one.points.find(([at]) => at === r + 1)?.[1])])],
  totals: ({ rows, series }) => [["", "after it"], ...series[0].points.map(([, value], i) => [rows[i], value])],
  plot: ({ series, x_label, y_label }) => [["series", x_label || "x", y_label || "y"], ...series.flatMap((one) => one.points.map(([x, y]) => [one.name, x, y]))],
};

/** A field as RFC 4180 has it. Text that a spreadsheet would run as a formula is made text. */
const field = (value) => {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvOf = (chart) => rowsOf[chart.kind](chart).map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";

/** The chart under its title, with its key, twice as fine as a screen. */
function paint({ figure, view, look }) {
  const width = 960;
  const holder = document.createElement("div");
  const echart = init(holder, null, { renderer: "canvas", width, height: view.height, devicePixelRatio: 2 });
  echart.setOption(view.option);
  const drawn = echart.getRenderedCanvas({ pixelRatio: 2, backgroundColor: look.paper });
  const top = view.key ? 104 : 64;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * view.height + top];
  const context = canvas.getContext("2d");
  context.fillStyle = look.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = "600 30px system-ui, sans-serif";
  context.fillStyle = look.ink;
  context.fillText(figure.querySelector("figcaption").firstChild.textContent, 16, 42);
  context.font = "24px system-ui, sans-serif";
  let left = 16;
  for (const [color, words] of view.key ?? []) {
    context.fillStyle = color;
    context.fillRect(left, 66, 20, 20);
    context.fillStyle = look.ink;
    context.fillText(words, left + 28, 85);
    left += 60 + context.measureText(words).width;
  }
  context.drawImage(drawn, 0, top);
  echart.dispose();
  return canvas;
}

export function offerExports(drawing) {
  const bar = document.createElement("span");
  bar.className = "exports";
  const offer = (words, about, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.setAttribute("aria-label", about);
    button.addEventListener("click", act);
    bar.append(button);
  };
  const title = drawing.figure.querySelector("figcaption").firstChild.textContent;
  const file = (kind) => `${drawing.figure.id}.${kind}`;
  offer("CSV", `CSV: the figures of ${title}`, () => save(new Blob([csvOf(drawing.chart)], { type: "text/csv" }), file("csv")));
  offer("PNG", `PNG: a picture of ${title}`, () => paint(drawing).toBlob((blob) => save(blob, file("png"))));
  drawing.figure.insertBefore(bar, drawing.figure.firstChild);
}
