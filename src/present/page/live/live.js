// The live page: values that move, and what follows from them. The engine runs in workers; this draws and deals out work.
const page = JSON.parse(document.getElementById("live-data").textContent);
const element = (id) => document.getElementById(id);
const settled = page.paths;  // futures of a settled run
const workerCount = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1));

// ---------------------------------------------------------------- numbers as people write them

const money = (value) => amount(value, page.sign);
const hoursOf = { y: 8760, mo: 730, w: 168, d: 24, h: 1, m: 1 / 60, s: 1 / 3600, ms: 1 / 3.6e6 };
function parseDuration(text) {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(mo|ms|y|w|d|h|m|s)/gy)];
  if (!parts.length || parts.map((part) => part[0]).join("") !== text.trim()) return NaN;
  return parts.reduce((sum, [, number, unit]) => sum + number * hoursOf[unit], 0);
}
function durationText(hours) {
  for (const unit of ["w", "d", "h", "m"]) {
    const number = hours / hoursOf[unit];
    if (number >= 2 || unit === "m") return `${Number(number.toPrecision(2))}${unit}`;
  }
}

// ---------------------------------------------------------------- values that move

/** One value of the scenario: where it stands, what it was, where its slider reaches. */
class Value {
  constructor({ address, kind, value, hours }, range) {
    Object.assign(this, { address, kind, initial: String(value), text: String(value) });
    this.start = kind === "duration" ? hours : Number(value);
    const share = kind === "number" && this.start > 0 && this.start <= 1 && /share|utilization|success|chance|over_budget|late|probability/.test(address);
    const whole = kind === "number" && Number.isInteger(this.start) && /instances|min|max|replicas|slices/.test(address);
    const [from, to] = range ?? (share ? [0.02, 1] : this.start === 0 ? [0, 1] : [this.start / 4, this.start * 4]);
    this.log = from > 0 && to / from > 5 && !share && !whole;
    Object.assign(this, { from: whole ? Math.round(from) : from, to: whole ? Math.max(1, Math.round(to)) : to, whole });
  }
  get number() {
    return this.kind === "duration" ? parseDuration(this.text) : Number(this.text);
  }
  get changed() {
    return this.text !== this.initial;
  }
  /** Between 0 and 1000. */
  get place() {
    const at = this.log
      ? Math.log(this.number / this.from) / Math.log(this.to / this.from)
      : (this.number - this.from) / (this.to - this.from);
    return Math.round(1000 * Math.min(1, Math.max(0, at)));
  }
  moveTo(place) {
    const at = place / 1000;
    let number = this.log ? this.from * (this.to / this.from) ** at : this.from + at * (this.to - this.from);
    if (this.whole) number = Math.round(number);
    this.text = this.kind === "duration" ? durationText(number) : String(Number(number.toPrecision(3)));
  }
  get setting() {
    const bare = this.kind === "duration" ? `"${this.text}"` : this.text;
    return `${this.address}=${bare}`;
  }
}

/** The values that move when the page names none, the first that there are. */
const offered = [
  /^budget$/, /^job\.[^.]+\.deadline$/, /^job\.[^.]+\.checkpoint\.interval$/, /^plan\..*\.instances$/, /^plan\..*\.spend_per_hour$/,
  /^plan\..*\.utilization$/, /^demand\.[^.]+\.base(\.median|\.mode)?$/, /^demand\.[^.]+\.growth(\.median|\.mode)?$/,
  /\.spot\.price\.mean$/, /\.on_demand\.price$/, /\.spot\.capacity\.down\.mean$/, /\.spot\.reclaim_every$/,
];
const values = new Map();
const hiddenPlans = new Set();
let described;

function addValue(address, range) {
  if (values.has(address)) return values.get(address);
  const found = described.values.find((value) => value.address === address);
  if (!found) return null;
  const value = new Value(found, range);
  values.set(address, value);
  drawValue(value);
  return value;
}

function drawValue(value) {
  const id = `value-${values.size}`;
  const row = document.createElement("div");
  row.className = "value";
  row.innerHTML = `<label for="${id}"></label><input type="range" min="0" max="1000"><input type="text" id="${id}" autocomplete="off" spellcheck="false"><button type="button" title="As it was">↺</button>`;
  const [label, range, text, reset] = row.children;
  label.textContent = value.address.replaceAll(".", " › ");
  range.setAttribute("aria-label", value.address);
  reset.setAttribute("aria-label", `${value.address} as it was`);
  value.show = () => {
    range.value = value.place;
    if (document.activeElement !== text) text.value = value.text;
    row.classList.toggle("changed", value.changed);
    row.classList.toggle("wrong", !Number.isFinite(value.number));
    reset.hidden = !value.changed;
  };
  range.addEventListener("input", () => (value.moveTo(Number(range.value)), value.show(), (text.value = value.text), changed()));
  text.addEventListener("change", () => ((value.text = text.value.trim()), value.show(), changed()));
  reset.addEventListener("click", () => ((value.text = value.initial), (text.value = value.text), value.show(), changed()));
  value.show();
  element("sliders").append(row);
}

const settings = () =>
  [...values.values()].filter((value) => value.changed && Number.isFinite(value.number)).map((value) => value.setting);

// ---------------------------------------------------------------- the page's address holds the changes

function readAddress() {
  const query = new URLSearchParams(location.hash.slice(1));
  for (const line of query.getAll("set")) {
    const at = line.indexOf("=");
    const value = addValue(line.slice(0, at));
    if (value) (value.text = line.slice(at + 1).replace(/^"|"$/g, "")), value.show();
  }
  for (const plan of query.getAll("hide")) hiddenPlans.add(plan);
}
function writeAddress() {
  const query = new URLSearchParams();
  for (const setting of settings()) query.append("set", setting);
  for (const plan of hiddenPlans) query.append("hide", plan);
  history.replaceState(null, "", query.size === 0 ? location.pathname + location.search : `#${query}`);
}

// ---------------------------------------------------------------- the engine's workers

const source = [element("engine").textContent, element("worker").textContent].join("\n");
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const unpacked = async (packed) =>
  new Uint8Array(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());

class Part {
  constructor(materials) {
    this.worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    this.waiting = [];
    this.worker.onmessage = ({ data }) => this.waiting.shift()(data);
    this.worker.onerror = ({ message }) => this.waiting.splice(0).forEach((waits) => waits({ error: message || "the engine has stopped" }));
    this.started = this.ask("start", { ...materials });
    this.started.catch(() => {});  // whoever asks for more gets the reason
  }
  /** Answers come in the order of the calls. */
  ask(call, more = {}, transfer = []) {
    return new Promise((resolve, reject) => {
      this.waiting.push((data) => (data.error === undefined ? resolve(data) : reject(new Error(data.error))));
      this.worker.postMessage({ call, ...more }, transfer);
    });
  }
}

let simulators, adder;
let run = 0;
let last = null, pinned = null;

/** Simulates the scenario as it is set now, until it is settled or something is moved. */
async function simulate() {
  const mine = ++run;
  const is_stale = () => mine !== run;
  const lines = settings().join("\n");
  const begin = performance.now();
  let dealt = 0, added = 0, drawing = false, failed = false;
  const fail = (problem) => {
    if (failed || is_stale()) return;
    failed = true;
    element("state").textContent = "";
    showError(problem.message);
  };
  element("state").textContent = "simulating …";
  try {
    await adder.ask("open", { toml: page.toml, settings: lines, paths: settled });
  } catch (problem) {
    return fail(problem);
  }
  if (is_stale()) return;
  showError("");

  const draw = async () => {
    if (drawing || is_stale() || added === 0) return;
    drawing = true;
    const at = added;
    const { results } = await adder.ask("results");
    drawing = false;
    if (is_stale()) return;
    last = results;
    show(results);
    const seconds = (performance.now() - begin) / 1000;
    element("state").textContent =
      `${results.paths.toLocaleString("en-US")} of ${settled.toLocaleString("en-US")} futures, ${seconds.toFixed(1)} s on ${simulators.length} worker${simulators.length > 1 ? "s" : ""}`;
    document.body.dataset.paths = results.paths;
    document.body.dataset.seconds = seconds.toFixed(3);
    if (added > at) draw();
  };
  let drawAt = 128;
  const work = async (part) => {
    await part.ask("open", { toml: page.toml, settings: lines, paths: settled });
    let count = 32;
    while (!is_stale() && dealt < settled) {
      const first = dealt;
      const mine_ = Math.min(count, settled - dealt);
      dealt += mine_;
      const { image, milliseconds } = await part.ask("simulate", { first, count: mine_ });
      if (is_stale()) return;
      await adder.ask("add", { image }, [image.buffer]);
      added += mine_;
      if (milliseconds < 90) count = Math.min(1024, 2 * count);
      if (added >= drawAt || added === settled) (drawAt = Math.max(2 * drawAt, added)), draw().catch(fail);
    }
  };
  await Promise.all(simulators.map((part) => work(part).catch(fail)));
}

let timer;
function changed() {
  writeAddress();
  clearTimeout(timer);
  timer = setTimeout(simulate, 60);
}

// ---------------------------------------------------------------- drawings

const plans = (results) => results.plans.filter((plan) => !hiddenPlans.has(plan.plan));
const colorOf = (plan) => `var(--p${described.plans.indexOf(plan) % 8})`;
const dashOf = (plan) => ["", "7 3", "2 3"][Math.floor(described.plans.indexOf(plan) / 8) % 3];
const width = 560, height = 260, left = 56, right = 14, top_ = 12, bottom = 34;
const svg = (body) => `<svg viewBox="0 0 ${width} ${height}" role="img">${body}</svg>`;
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function ticks(from, to, about = 5) {
  const step = 10 ** Math.floor(Math.log10((to - from) / about));
  const nice = [1, 2, 2.5, 5, 10].map((times) => times * step).find((s) => (to - from) / s <= about + 1);
  const list = [];
  for (let at = Math.ceil(from / nice) * nice; at <= to + nice * 1e-9; at += nice) list.push(at);
  return list;
}
const across = (from, to) => (value) => left + ((value - from) / (to - from || 1)) * (width - left - right);
const upward = (from, to) => (value) => height - bottom - ((value - from) / (to - from || 1)) * (height - top_ - bottom);

function axes(x, xs, xText, y, ys, yText) {
  return (
    xs.map((at) => `<line x1="${x(at)}" x2="${x(at)}" y1="${top_}" y2="${height - bottom}" stroke="var(--grid)"/><text x="${x(at)}" y="${height - bottom + 17}" text-anchor="middle">${escape(xText(at))}</text>`).join("") +
    ys.map((at) => `<line x1="${left}" x2="${width - right}" y1="${y(at)}" y2="${y(at)}" stroke="var(--grid)"/><text x="${left - 6}" y="${y(at) + 4}" text-anchor="end">${escape(yText(at))}</text>`).join("")
  );
}

/** The chance that a plan costs more than an amount. */
function exceedance(results, ghost) {
  const { budget } = results;
  const shown = plans(results);
  const whole = results.plans[0].histogram;
  const from = whole.from, to = Math.max(whole.to, budget && budget < 1.5 * whole.to ? budget : 0);
  const x = across(from, to), y = upward(0, 1);
  const line = (plan, style) => {
    const h = plan.histogram, bins = h.paths, size = (h.to - h.from) / bins.length;
    let above = bins.reduce((sum, count) => sum + count, 0);
    const all = above;
    const points = [[h.from, 1]];
    bins.forEach((count, bin) => points.push([h.from + (bin + 1) * size, (above -= count) / all]));
    const path = points.map(([cost, share]) => `${x(Math.min(Math.max(cost, from), to)).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colorOf(plan.plan)}" stroke-dasharray="${dashOf(plan.plan)}" ${style}/>`;
  };
  const limit = budget && budget >= from && budget <= to
    ? `<line x1="${x(budget)}" x2="${x(budget)}" y1="${top_}" y2="${height - bottom}" stroke="var(--budget)" stroke-width="2"/><text x="${x(budget) + (x(budget) > width - 90 ? -5 : 5)}" y="${top_ + 11}" text-anchor="${x(budget) > width - 90 ? "end" : "start"}" style="fill:var(--budget)">budget</text>` : "";
  return svg(
    axes(x, ticks(from, to), (v) => money(v), y, [0, 0.25, 0.5, 0.75, 1], (v) => `${100 * v} %`) + limit +
    (ghost ? plans(ghost).map((plan) => line(plan, `stroke-width="1.5" opacity=".35"`)).join("") : "") +
    shown.map((plan) => line(plan, `stroke-width="2.5"`)).join(""));
}

/** What a plan risks, by a measure that can be chosen. */
/** The least or the greatest of what a plan's workloads have; null where it runs none of them. */
function worst(pick, of) {
  const list = Object.values(of ?? {}).filter((share) => share !== null);
  return list.length ? pick(...list) : null;
}
const missing = (share) => (share === null ? null : 1 - share);
const measures = {
  "P95 of cost": (plan) => plan.cost_quantile["0.95"],
  "over budget": (plan) => plan.over_budget,
  late: (plan) => worst(Math.max, plan.late),
  unserved: (plan) => missing(worst(Math.min, plan.served)),
  "beyond the latency's objective": (plan) => missing(worst(Math.min, plan.within)),
};
function frontier(results, ghost) {
  const name = element("measure").value, measure = measures[name];
  const points = (r) => plans(r).map((plan) => ({ plan: plan.plan, x: plan.cost_mean, y: measure(plan) })).filter((p) => Number.isFinite(p.y));
  const all = [...points(results), ...(ghost ? points(ghost) : [])];
  if (!all.length) return `<p class="hint">No plan has this.</p>`;
  const span = (list) => [Math.min(...list), Math.max(...list)];
  let [x0, x1] = span(all.map((p) => p.x)), [y0, y1] = span(all.map((p) => p.y));
  // With three digits no two ticks have the same label.
  const wide = Math.max(x1 - x0, 0.1 * x1), high = Math.max(y1 - y0, name === "P95 of cost" ? 0.1 * y1 : 0.01);
  (x0 -= 0.1 * wide), (x1 += 0.35 * wide), (y0 = Math.max(0, y0 - 0.1 * high)), (y1 += 0.15 * high);
  const x = across(x0, x1), y = upward(y0, y1);
  const text = name === "P95 of cost" ? (v) => money(v) : percent;
  const before = ghost ? new Map(points(ghost).map((p) => [p.plan, p])) : new Map();
  return svg(
    axes(x, ticks(x0, x1, 4), (v) => money(v), y, ticks(y0, y1, 4), text) +
    points(results).map((p) => {
      const old = before.get(p.plan);
      return (old ? `<line x1="${x(old.x)}" y1="${y(old.y)}" x2="${x(p.x)}" y2="${y(p.y)}" stroke="${colorOf(p.plan)}" stroke-dasharray="3 3"/>` : "") +
        `<circle cx="${x(p.x)}" cy="${y(p.y)}" r="6" fill="${colorOf(p.plan)}"/><text class="name" x="${x(p.x) + 10}" y="${y(p.y) + 4}">${escape(p.plan)}</text>`;
    }).join(""));
}

/** Which unknowns a plan's cost follows. */
function drivers(results) {
  const chosen = plans(results).find((plan) => plan.plan === results.verdict.recommended) ?? plans(results)[0];
  if (!chosen?.driver_share) return `<p class="hint">Nothing is drawn once per future here.</p>`;
  const rows = Object.entries(chosen.driver_share).filter(([, share]) => share !== null).sort((a, b) => b[1] - a[1]).slice(0, 6);
  if (chosen.driver_rest !== null && chosen.driver_rest !== undefined) rows.push(["fluctuation and interactions", chosen.driver_rest]);
  const rowHeight = 32;
  return `<p class="hint">Share of the variance of “${escape(chosen.plan)}”.</p><svg viewBox="0 0 ${width} ${rows.length * rowHeight}" role="img">` +
    rows.map(([name, share], i) => `<text class="name" x="0" y="${i * rowHeight + 12}">${escape(name)}</text><rect x="0" y="${i * rowHeight + 16}" width="${Math.max(0, share) * (width - 60)}" height="9" fill="var(--accent)"/><text x="${Math.max(0, share) * (width - 60) + 5}" y="${i * rowHeight + 25}">${percent(share)}</text>`).join("") + `</svg>`;
}

function table(results) {
  const shown = plans(results);
  const columns = [
    ["mean", (p) => `${escape(money(p.cost_mean))} <small>± ${escape(money(1.96 * p.cost_mean_se))}</small>`],
    ["P50", (p) => escape(money(p.cost_quantile["0.5"]))],
    ["P95", (p) => escape(money(p.cost_quantile["0.95"]))],
    ["over budget", (p) => escape(percent(p.over_budget)), (p) => p.over_budget !== undefined],
    ["late", (p) => percent(worst(Math.max, p.late)), (p) => worst(Math.max, p.late) !== null],
    ["served", (p) => percent(worst(Math.min, p.served)), (p) => worst(Math.min, p.served) !== null],
    ["within", (p) => percent(worst(Math.min, p.within)), (p) => worst(Math.min, p.within) !== null],
  ].filter(([, , has]) => !has || shown.some(has));
  const before = pinned && new Map(pinned.plans.map((plan) => [plan.plan, plan]));
  return `<table class="plans-table"><thead><tr><th scope="col">plan</th>${columns.map(([name]) => `<th scope="col">${name}</th>`).join("")}${before ? `<th scope="col">mean, against the pinned</th>` : ""}</tr></thead><tbody>` +
    shown.map((plan) => {
      const old = before?.get(plan.plan);
      const change = before ? `<td>${old ? (plan.cost_mean >= old.cost_mean ? "+" : "") + escape(money(plan.cost_mean - old.cost_mean)) : "–"}</td>` : "";
      return `<tr class="${plan.plan === results.verdict.recommended ? "chosen" : ""}"><th scope="row"><i class="w${described.plans.indexOf(plan.plan) % 8} d0"></i> ${escape(plan.plan)}</th>${columns.map(([, text]) => `<td>${text(plan)}</td>`).join("")}${change}</tr>`;
    }).join("") + `</tbody></table>`;
}

function show(results) {
  element("says").innerHTML = [...results.verdict.sentences, ...results.verdict.warnings].map((sentence) => `<p>${escape(sentence)}</p>`).join("");
  element("table").innerHTML = table(results);
  element("exceedance").innerHTML = exceedance(results, pinned);
  element("frontier").innerHTML = frontier(results, pinned);
  element("drivers").innerHTML = drivers(results);
}
const showError = (text) => (element("error").textContent = text);

// ---------------------------------------------------------------- start

function startPlans() {
  for (const plan of described.plans) {
    const label = document.createElement("label");
    label.className = "plan-switch";
    label.innerHTML = `<input type="checkbox"><i class="w${described.plans.indexOf(plan) % 8} d0"></i><span></span>`;
    label.querySelector("span").textContent = plan;
    const box = label.querySelector("input");
    box.checked = !hiddenPlans.has(plan);
    box.addEventListener("change", () => {
      box.checked ? hiddenPlans.delete(plan) : hiddenPlans.add(plan);
      writeAddress();
      if (last) show(last);
    });
    element("plans").append(label);
  }
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
/** What simulates the same on a command line. */
function command() {
  const moved = new Set([...values.values()].filter((value) => value.changed).map((value) => value.address));
  const words = ["costrisk", "run", page.file, "--paths", String(settled)];
  // What the page was made with stands, but for what was moved since.
  for (const [option, text] of page.options) if (!moved.has(text.split("=")[0].trim())) words.push(option, text);
  for (const line of settings()) words.push("--set", line);
  return words.map(quoted).join(" ");
}

function startActions() {
  const copied = async (button, text) => {
    const name = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      prompt(name, text);
    }
    setTimeout(() => (button.textContent = name), 1500);
  };
  element("share").addEventListener("click", ({ target }) => copied(target, location.href));
  element("command").addEventListener("click", ({ target }) =>
    copied(target, command()));
  element("pin").addEventListener("click", ({ target }) => {
    pinned = pinned ? null : last;
    target.textContent = pinned ? "Unpin" : "Pin";
    target.setAttribute("aria-pressed", String(Boolean(pinned)));
    if (last) show(last);
  });
  element("reset").addEventListener("click", () => {
    for (const value of values.values()) (value.text = value.initial), value.show();
    changed();
  });
  element("measure").addEventListener("change", () => last && show(last));
  element("add").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = element("address");
    if (addValue(input.value.trim())) (input.value = ""), input.setCustomValidity("");
    else input.setCustomValidity("The scenario has no number or duration at this address."), input.reportValidity();
  });
  element("address").addEventListener("input", ({ target }) => target.setCustomValidity(""));
}

async function start() {
  const wasm = await unpacked(bytes(page.wasm));
  const files = page.files.map(([name, base64]) => [name, bytes(base64)]);
  const part = () => new Part({ wasm, files });
  adder = part();
  await adder.started;
  ({ description: described } = await adder.ask("describe", { toml: page.toml, settings: "" }));
  simulators = Array.from({ length: workerCount }, part);
  for (const measure of Object.keys(measures)) element("measure").add(new Option(measure));
  for (const { address } of described.values) element("addresses").append(new Option(address, address));
  if (page.sliders.length) for (const { address, from, to } of page.sliders) addValue(address, from === null ? undefined : [from, to]);
  else {
    const chosen = offered.flatMap((pattern) => described.values.filter((value) => pattern.test(value.address)).slice(0, 3));
    for (const { address } of chosen.slice(0, 10)) addValue(address);
  }
  readAddress();
  startPlans();
  startActions();
  addEventListener("hashchange", () => location.reload());
  await simulate();
}

start().catch((problem) => {
  element("state").textContent = "the engine does not run here";
  showError(problem.message);
});
