// Brings the page to life: charts that answer, plans that come and go, a budget line to drag, light and dark.
import { startBudget } from "./budget.js";
import { drawAll, place, printing } from "./drawing.js";
import { plotCharts } from "./plots.js";
import { runCharts, steps } from "./run.js";
import { drawShapes } from "./shapes.js";
import { onChange, page, plans, setShown, shown } from "./state.js";
import { startTheme } from "./theme.js";

const mostAtOnce = 10;
const everyPlan = plans.map((_, plan) => plan);
const reveal = (selector) => document.querySelectorAll(selector).forEach((element) => (element.hidden = false));

function startSwitches() {
  const switches = [...document.querySelectorAll("[data-switch]")];
  const read = () => switches.filter((box) => box.checked).map((box) => Number(box.dataset.switch));
  for (const box of switches) {
    box.hidden = false;
    box.addEventListener("change", () => setShown(read()));
  }
  const set = (plans) => {
    for (const box of switches) box.checked = plans.includes(Number(box.dataset.switch));
    setShown(plans);
  };
  document.getElementById("all-plans")?.addEventListener("click", () => set(everyPlan));
  document
    .getElementById("first-plans")
    ?.addEventListener("click", () => set(everyPlan.filter((plan) => page.shown[plan])));
  reveal("#all-plans, #first-plans");
  if (everyPlan.length > mostAtOnce) startChooser(switches[0].closest(".plans"));
}

/** Where plans are many, those that are off stay out of the way until the reader wants to choose. */
function startChooser(bar) {
  const button = document.getElementById("choose-plans");
  bar.classList.add("many");
  button.hidden = false;
  button.addEventListener("click", () => {
    const choosing = bar.classList.toggle("choosing");
    button.setAttribute("aria-expanded", String(choosing));
    button.textContent = choosing ? "Done" : "Choose plans";
  });
}

/** Rows, panels and drawings of plans that are switched off are hidden. */
function hideOthers() {
  for (const element of document.querySelectorAll("[data-plan]")) element.hidden = !shown.has(Number(element.dataset.plan));
}

function startScenario() {
  const text = () => document.getElementById("scenario").textContent;
  const copy = document.getElementById("copy");
  if (!copy) return;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(document.getElementById("scenario"));
      copy.textContent = "Selected: copy with Ctrl+C";
    }
  });
  document.getElementById("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text()], { type: "application/toml" }));
    link.download = "scenario.toml";
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

/** What the waterfall goes from and to. */
function startSteps() {
  const figure = document.getElementById("waterfall-chart");
  if (!figure) return;
  // From the plan that one would have by habit, the first, to the one that is recommended.
  steps.from = page.featured === 0 ? 1 : 0;
  const bar = document.createElement("p");
  bar.className = "steps";
  for (const side of ["from", "to"]) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.append(...plans.map(({ plan }, i) => new Option(plan, i, false, i === steps[side])));
    select.addEventListener("change", () => {
      steps[side] = Number(select.value);
      drawAll();
    });
    label.append(`${side} `, select);
    bar.append(label);
  }
  figure.insertBefore(bar, figure.querySelector(".chart"));
}

function startPaper() {
  const all = document.getElementById("print-all");
  all.addEventListener("change", () => document.documentElement.classList.toggle("print-all", all.checked));
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
}

const narrow = matchMedia("(max-width: 1180px)");
function fold() {
  const contents = document.querySelector("nav details");
  if (contents) contents.open = !narrow.matches;
}
narrow.addEventListener("change", fold);
fold();
document.documentElement.classList.add("interactive");
reveal(".tools");
place(plans.length ? runCharts() : plotCharts());
startSwitches();
startSteps();
startTheme(() => {
  drawAll();
  drawShapes();
});
onChange(hideOthers);
onChange(drawAll);
hideOthers();
drawAll();
drawShapes();
startBudget();
startScenario();
startPaper();
