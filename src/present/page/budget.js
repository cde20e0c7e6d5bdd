// The budget that the reader tries: a line in the chart of exceedance and a slider, over exact counts of futures.
import { drawings } from "./drawing.js";
import { money, percent } from "./format.js";
import { data, page, plans } from "./state.js";

const { stops, over, given, start } = page.budget ?? {};

function nearestStop(amount) {
  let low = 0;
  let high = stops.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (stops[middle] <= amount) low = middle;
    else high = middle;
  }
  return amount - stops[low] <= stops[high] - amount ? low : high;
}

export function startBudget() {
  if (!stops) return;
  const drawing = drawings.find(({ figure }) => figure.id === "exceedance-chart");
  const slider = document.getElementById("budget");
  const output = document.getElementById("budget-value");
  const shares = [...document.querySelectorAll("[data-over]")];
  const bars = [...document.querySelectorAll("[data-bar]")];
  const share = (plan, stop) => over[plan][stop] / data.paths;
  let stop = start;

  let marks = [];
  const mark = () => drawing.mark(marks);
  const set = (next) => {
    stop = next;
    slider.value = stop;
    slider.setAttribute("aria-valuetext", money(stops[stop]));
    output.textContent = money(stops[stop]);
    for (const element of shares) element.textContent = percent(share(Number(element.dataset.over), stop));
    for (const element of bars) element.style.width = `${100 * share(Number(element.dataset.bar), stop)}%`;
    const words = given && stop === start ? "budget " : "";
    marks = [{ vertical: true, at: stops[stop], label: words + money(stops[stop]), solid: true }];
    mark();
  };

  // What the chart shows stands at stops too, where the counts are exact.
  drawing.snap = (x) => stops[nearestStop(x)];
  const describe = (x) => {
    const at = nearestStop(x);
    const rows = drawing.chart.lines
      .map(({ plan }) => [plan, share(plan, at)])
      .sort((a, b) => b[1] - a[1]);
    return {
      at: stops[at],
      title: `more than ${money(stops[at])}`,
      rows: rows.map(([plan, value]) => [drawing.look.plan(plan), plans[plan].plan, percent(value)]),
    };
  };
  const exactly = () => {
    if (drawing.view) drawing.view.describeAt = describe;
  };
  const draw = drawing.draw.bind(drawing);
  drawing.draw = (...width) => {
    draw(...width);
    exactly();
    mark();
  };
  exactly();

  const zr = drawing.echart.getZr();
  let dragging = false;
  const drag = (event) => {
    const x = drawing.valueAt(event);
    if (typeof x === "number") set(nearestStop(x));
  };
  zr.on("mousedown", (event) => {
    dragging = true;
    drag(event);
  });
  zr.on("mousemove", (event) => {
    if (dragging) drag(event);
    if (typeof drawing.valueAt(event) === "number") zr.setCursorStyle("ew-resize");
  });
  zr.on("mouseup", () => (dragging = false));
  addEventListener("mouseup", () => (dragging = false));

  document.querySelectorAll("#budget, #budget-hint").forEach((element) => (element.hidden = false));
  slider.addEventListener("input", () => set(Number(slider.value)));
  set(stop);
}
