// Small pictures of how likely the values of an unknown were taken to be.
import { at, data } from "./state.js";

const make = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const [width, height] = [120, 30];

/** Parts of equal likelihood between two values each: the narrower, the higher. */
function outline(low, high) {
  const bins = low.map((from, i) => [from, high[i]]).filter(([from, to]) => Number.isFinite(from) && Number.isFinite(to));
  if (!bins.length) return null;
  // Tails without an end would leave the rest no room: the outermost parts are cut off.
  if (bins.length > 2) {
    const width_ = (i) => bins[i][1] - bins[i][0];
    const end = bins.length - 1;
    bins[0][0] = Math.max(bins[0][0], bins[0][1] - 3 * width_(1));
    bins[end][1] = Math.min(bins[end][1], bins[end][0] + 3 * width_(end - 1));
  }
  const [first, last] = [bins[0][0], bins[bins.length - 1][1]];
  if (!(last > first)) return null;
  // No part is drawn narrower than this: a value that is taken often is a column, not a needle.
  const least = (last - first) / 60;
  const heights = bins.map(([from, to]) => 1 / Math.max(to - from, least));
  const most = Math.max(...heights);
  const x = (value) => (1 + ((value - first) / (last - first)) * (width - 2)).toFixed(1);
  const y = (value) => (height - 1 - (value / most) * (height - 3)).toFixed(1);
  const points = bins.flatMap(([from, to], i) => [`${x(from)},${y(heights[i])}`, `${x(Math.max(to, from + least > last ? last : from + least))},${y(heights[i])}`]);
  return `${x(first)},${height - 1} ${points.join(" ")} ${x(last)},${height - 1}`;
}

export function drawShapes() {
  for (const place of document.querySelectorAll("[data-shape]")) {
    const driver = place.dataset.shape;
    const values = (of) => (data.dimensions.driver_bin ?? []).map((bin) => at(of?.[driver] ?? {}, bin)).map((value) => value ?? NaN);
    const points = outline(values(data.driver_bin_low), values(data.driver_bin_high));
    if (!points) continue;
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none" });
    svg.append(make("polygon", { points }));
    place.replaceChildren(svg);
  }
}
