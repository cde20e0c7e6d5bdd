// The charts of a run: what each shows of the plans that are switched on. A chart's axes fit what is shown.
import { money, percent, shortMoney } from "./format.js";
import { moneyAxis, moneyAxisOf, periodName, shareAxis, timeAxis } from "./scale.js";
import { at, data, page, plans, visiblePlans } from "./state.js";

const dimensions = data.dimensions ?? {};
const { probability: probabilities = [], time: times = [] } = dimensions;
const place = page.levels ?? {};
const level = { low: probabilities[place.low], middle: probabilities[place.middle], high: probabilities[place.high], tail: probabilities[place.tail] };
const levelName = (share) => `P${Number((100 * share).toPrecision(6))}`;
const levelNames = `${levelName(level.low)}, ${levelName(level.middle)} and ${levelName(level.high)}`;
const budget = data.budget ?? null;
const budgetWords = budget === null ? "" : `budget ${shortMoney(budget)}`;
const kept = times.filter((time) => at(plans[0].fan_quantile ?? {}, time) !== undefined);
const edges = [0, ...kept];
/** The periods that the page has, which are all but where plans are many: from where to where. */
const bins = times.map((to, i) => [i > 0 ? times[i - 1] : 0, to]).filter(([, to]) => at(plans[0].period_quantile ?? {}, to) !== undefined);

// ---- how much

function exceedance() {
  const visible = visiblePlans();
  const curves = visible.map((plan) => ({ plan, x: page.exceedance[plan].x, y: page.exceedance[plan].y }));
  const { stops, start, given } = page.budget;
  // The outermost thousandths are beyond the axis, the budget is not.
  const within = curves.flatMap(({ x, y }) => x.filter((_, i) => y[i] > 0.001 && y[i] < 0.999));
  const ends = [...within, stops[start]];
  const margin = 0.02 * (Math.max(...ends) - Math.min(...ends));
  const low = Math.min(...ends) - margin;
  return {
    kind: "lines",
    x: moneyAxis("cost", low < 0 && Math.min(...ends) >= 0 ? 0 : low, Math.max(...ends) + margin),
    y: shareAxis("share of futures"),
    lines: curves,
    marks: given ? [{ vertical: true, at: budget, label: budgetWords }] : [],
  };
}

function density() {
  const ridges = visiblePlans().map((plan) => {
    const { first, width, heights } = page.density[plan];
    const quantile = (share) => at(plans[plan].cost_quantile, share);
    return { plan, first, width, heights, levels: [level.low, level.middle, level.high].map((share) => [levelName(share), quantile(share)]) };
  });
  const ends = ridges.flatMap(({ first, width, heights }) => [first, first + width * heights.length]);
  const x = moneyAxisOf("cost", ends, "around");
  const marks = budget !== null && budget > x.low && budget < x.high ? [{ vertical: true, at: budget, label: budgetWords }] : [];
  return { kind: "ridges", x, ridges, marks };
}

// ---- when

/** Quantiles of cost from the start, as pairs of a lower and an upper one about the median. */
function fan(plan, among = [plan]) {
  const values = (of, share) => [0, ...kept.map((time) => at(at(plans[of].fan_quantile, time), share))];
  const there = probabilities.filter((share) => at(at(plans[plan].fan_quantile, kept[0]), share) !== undefined);
  const mirror = (share) => there.find((other) => Math.abs(other + share - 1) < 1e-9);
  const bands = there
    .filter((share) => share < 0.5 && mirror(share) !== undefined)
    .map((share) => ({ label: `${levelName(share)} to ${levelName(mirror(share))}`, low: values(plan, share), high: values(plan, mirror(share)) }));
  const highest = among.flatMap((of) => values(of, level.tail));
  const marks = budget !== null ? [{ vertical: false, at: budget, label: budgetWords }] : [];
  if (data.actual_until_hours !== undefined) marks.push({ vertical: true, at: data.actual_until_hours, label: "paid | simulated" });
  return {
    kind: "fan",
    plan,
    x: timeAxis(),
    y: moneyAxisOf("cost so far", [...highest, ...bands.flatMap(({ low }) => low), ...(budget !== null ? [1.03 * budget] : [])]),
    time: edges,
    bands,
    median: values(plan, level.middle),
    marks,
  };
}

function periods(plan) {
  const values = (share) => bins.map(([, to]) => at(at(plans[plan].period_quantile, to), share));
  const [middle, high] = [values(level.middle), values(level.high)];
  const pace = budget === null ? [] : bins.map(([from, to]) => (budget * (to - from)) / page.horizon_hours);
  return {
    kind: "columns",
    plan,
    x: timeAxis(),
    y: moneyAxisOf(`cost of a ${page.period}`, [...middle, ...high, ...pace]),
    bins,
    middle,
    high,
    words: [levelName(level.middle), levelName(level.high), pace.length ? "budget spread evenly" : ""],
    pace,
  };
}

/** Plans by periods: the median cost of each. */
function periodHeat() {
  const visible = visiblePlans();
  const cells = visible.map((plan) => bins.map(([, to]) => at(at(plans[plan].period_quantile, to), level.middle)));
  return {
    kind: "heat",
    rows: visible.map((plan) => plans[plan].plan),
    columns: bins.map(([from]) => periodName(from)),
    cells,
    words: `${levelName(level.middle)} of the ${page.period}'s cost`,
    text: money,
    label: (value) => shortMoney(value),
  };
}

function budgetHeat() {
  const names = dimensions.budget_period ?? [];
  const budgets = dimensions.budget ?? [];
  const periodsOf = (budget_) => names.filter((name) => name === budget_ || name.startsWith(`${budget_}/`));
  const columns = [...new Set(budgets.flatMap((one) => periodsOf(one).map((name) => name.slice(one.length + 1) || "horizon")))];
  const of = plans[page.featured].budget_period_over ?? {};
  return {
    kind: "heat",
    rows: budgets,
    columns,
    cells: budgets.map((one) => columns.map((column) => of[column === "horizon" && of[one] !== undefined ? one : `${one}/${column}`] ?? null)),
    words: `chance of going over, ${plans[page.featured].plan}`,
    text: percent,
    label: percent,
    most: 1,
  };
}

// ---- on what, and whose

function stack(of, names, style, words) {
  const visible = visiblePlans();
  const used = names.map((_, i) => i).filter((i) => visible.some((plan) => plans[plan][of][names[i]] !== 0));
  const bars = visible.map((plan) => ({ plan, values: used.map((i) => plans[plan][of][names[i]]) }));
  const sums = bars.flatMap(({ values }) => [values.filter((v) => v > 0).reduce((a, b) => a + b, 0), values.filter((v) => v < 0).reduce((a, b) => a + b, 0)]);
  return { kind: "stack", x: moneyAxisOf(words, sums), parts: used.map((i) => names[i]), styles: used.map((i) => style + i), bars };
}

/** Lines from low to high futures, in groups. */
function groupedRanges(groups, quantiles, words) {
  const ranges = groups.flatMap((group, g) =>
    visiblePlans().flatMap((plan) => {
      const of = quantiles(plan, group);
      if (!of) return [];
      const [low, middle, high] = [level.low, level.middle, level.high].map((share) => at(of, share));
      return high === null || high === undefined || (low === 0 && high === 0) ? [] : [{ plan, group: g, low, middle, high }];
    }),
  );
  return { kind: "ranges", x: moneyAxisOf(words, ranges.flatMap(({ low, high }) => [low, high])), groups, ranges, words: levelNames, marks: [] };
}

// ---- why

/** How far each unknown moves the mean: all plans on one scale. */
function tornado(plan, visible) {
  const drivers = (of) => plans[of].drivers.filter((driver) => driver.stands_out);
  const off = (of, end) => end.cost_mean - plans[of].cost_mean;
  const ends = visible.flatMap((of) => drivers(of).flatMap((driver) => [off(of, driver.lowest), off(of, driver.highest)]));
  const bars = drivers(plan).map((driver) => {
    const chance = driver.sort === "chance";
    const notes = [["share of the variance", `${percent(Math.max(0, driver.share))} ± ${(196 * driver.share_se).toFixed(1)}`]];
    if (driver.lowest.over_budget !== null)
      notes.push([chance ? "over budget, if so and if not" : "over budget, lowest and highest", `${percent(driver.lowest.over_budget)} · ${percent(driver.highest.over_budget)}`]);
    return { label: page.drivers[driver.driver], low: off(plan, driver.lowest), high: off(plan, driver.highest), notes };
  });
  return { kind: "tornado", plan, x: moneyAxisOf("change of the mean cost", ends), middle: 0, mean: plans[plan].cost_mean, bars };
}

// ---- what is achieved

function finish(job) {
  const curves = visiblePlans().flatMap((plan) => (page.finish[job][plan] ? [{ plan, ...page.finish[job][plan] }] : []));
  const starts = curves.map(({ x, y }) => x[y.findIndex((share) => share > 0)]).filter(Number.isFinite);
  const earliest = Math.min(...starts, page.horizon_hours);
  const horizon = page.horizon_hours;
  // The last run of a repeating job has nothing to show for the time before it.
  const from = earliest > 0.6 * horizon ? Math.max(0, Math.min(earliest - 0.1 * (horizon - earliest), horizon - 168)) : 0;
  const due = page.deadlines[job];
  return {
    kind: "lines",
    x: timeAxis(from),
    y: shareAxis("futures in which it is done"),
    lines: curves,
    marks: due !== null && due <= horizon ? [{ vertical: true, at: due, label: "deadline" }] : [],
  };
}

function unserved() {
  const groups = dimensions.service;
  const ranges = groups.flatMap((service, group) =>
    visiblePlans().flatMap((plan) => {
      const share = plans[plan].served?.[service];
      return share === null || share === undefined ? [] : [{ plan, group, low: 1 - share, middle: 1 - share, high: 1 - share }];
    }),
  );
  const most = Math.max(0, ...ranges.map(({ high }) => high));
  return { kind: "ranges", x: shareAxis("share of requests", most > 0 ? 1.05 * most : 0.01), groups, ranges, words: "share of requests not served", marks: [] };
}

function unitCost(service) {
  const name = dimensions.service[service];
  const made = groupedRanges([name], (plan) => plans[plan].unit_cost_quantile?.[name], "cost of 1000 requests");
  return made;
}

// ---- plan against plan

/** Plans that no other one beats in both, in ascending order of x. */
function frontierOf(dots) {
  let best = Infinity;
  return [...dots]
    .sort((a, b) => a.x - b.x || a.y - b.y)
    .filter(({ y }) => y < best && ((best = y), true))
    .map(({ plan }) => plan);
}

function risk() {
  const dots = visiblePlans().map((plan) => ({ plan, x: plans[plan].cost_mean, y: at(plans[plan].cost_cvar, level.tail) }));
  return {
    kind: "scatter",
    x: moneyAxisOf("mean cost", dots.map(({ x }) => x), "around"),
    y: moneyAxisOf(`CVaR${Number((100 * level.tail).toPrecision(6))}`, dots.map(({ y }) => y), "around"),
    dots,
    frontier: frontierOf(dots),
  };
}

function latency(service) {
  const name = dimensions.service[service];
  const dots = visiblePlans().flatMap((plan) => {
    const within = plans[plan].within?.[name];
    return within === null || within === undefined ? [] : [{ plan, x: plans[plan].cost_mean, y: 1 - within }];
  });
  const most = Math.max(0, ...dots.map(({ y }) => y));
  return {
    kind: "scatter",
    x: moneyAxisOf("mean cost", dots.map(({ x }) => x), "around"),
    y: shareAxis("share of requests not within the objective", most > 0 ? Math.min(1.1 * most, 1) : 0.01),
    dots,
    frontier: frontierOf(dots),
  };
}

function difference() {
  const base = plans[page.featured].plan;
  const others = visiblePlans().filter((plan) => plan !== page.featured);
  const ranges = others.map((plan, group) => {
    const [mean, error] = [plans[plan].difference_mean[base], 1.96 * (plans[plan].difference_mean_se[base] ?? 0)];
    return { plan, group, low: mean - error, middle: mean, high: mean + error };
  });
  return {
    kind: "ranges",
    x: moneyAxisOf(`more than ${base}`, [0, ...ranges.flatMap(({ low, high }) => [low, high])]),
    groups: others.map((plan) => plans[plan].plan),
    ranges,
    words: "mean difference with its 95 % interval",
    marks: [{ vertical: true, at: 0, label: base }],
  };
}

/** Which two plans the waterfall goes between. */
export const steps = { from: null, to: page.featured };

function waterfall() {
  const [from, to] = [plans[steps.from], plans[steps.to]];
  const bars = [{ label: from.plan, low: 0, high: from.cost_mean, plan: steps.from, change: from.cost_mean }];
  let place = from.cost_mean;
  for (const category of dimensions.category) {
    const change = to.category_mean[category] - from.category_mean[category];
    if (Math.abs(change) < 1e-4 * Math.max(from.cost_mean, to.cost_mean)) continue;
    bars.push({ label: category, low: place, high: place + change, change });
    place += change;
  }
  bars.push({ label: to.plan, low: 0, high: to.cost_mean, plan: steps.to, change: to.cost_mean });
  return { kind: "waterfall", x: moneyAxisOf("mean cost", bars.flatMap(({ low, high }) => [low, high])), bars };
}

// ---- enough?

const checkpoints = dimensions.checkpoint ?? [];
const count = new Intl.NumberFormat("en");

/** Standard errors from a mean to an end of its 95 % interval. */
const errors = (side) => (side === "low" ? -1.959964 : 1.959964);

/** An end of what the featured plan's estimate by all futures lies between. */
const settledEnd = (id) => (_, side) => page.settled?.[id][side === "low" ? 0 : 1];

/** How far the estimates lay from what all futures say: of money in percent of it, of shares in points. */
function course(id, last, lastEnd) {
  const isShare = id === "over_budget";
  const endsAtAll = data.paths > checkpoints[checkpoints.length - 1] && visiblePlans().every((plan) => Number.isFinite(last(plans[plan])));
  const all = endsAtAll ? [...checkpoints, data.paths] : checkpoints;
  const lines = visiblePlans().map((plan) => {
    const of = plans[plan];
    const values = checkpoints.map((n) => at(of[`convergence_${id}`], n));
    if (endsAtAll) values.push(last(of));
    const settled = values[values.length - 1];
    const off = (value) => (value === null || value === undefined ? NaN : isShare ? value - settled : settled === 0 ? 0 : (value - settled) / Math.abs(settled));
    const line = { plan, x: all.map(Math.log2), y: values.map(off) };
    const end = (n, side) =>
      id === "mean" ? at(of.convergence_mean, n) + errors(side) * at(of.convergence_mean_se, n) : at(of[`convergence_${id}_${side}`], n);
    const ends = (side) => all.map((n, i) => (i < checkpoints.length ? end(n, side) : lastEnd(of, side)));
    if (plan === page.featured && lastEnd) Object.assign(line, { low: ends("low").map(off), high: ends("high").map(off) });
    return line;
  });
  const widest = Math.max(1e-4, ...lines.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high].filter(Number.isFinite).map(Math.abs)));
  return {
    kind: "lines",
    x: { kind: "number", title: "futures", low: Math.log2(all[0]), high: Math.log2(all[all.length - 1]), ticks: all.map((n) => [Math.log2(n), count.format(n)]) },
    y: shareAxis("", 1.08 * widest, -1.08 * widest),
    lines,
    marks: [],
  };
}

/** The chart of each figure, by its id. */
export function runCharts() {
  const charts = {
    "exceedance-chart": exceedance,
    "density-chart": density,
    "memo-fan": () => ({ ...fan(page.featured), height: 215 }),
    "period-columns": () => periods(page.featured),
    "period-heat": periodHeat,
    "budget-heat": budgetHeat,
    "category-chart": () => stack("category_mean", dimensions.category, 0, "mean cost"),
    "waste-chart": () => stack("waste_mean", dimensions.waste_kind, dimensions.category.length, "mean waste"),
    "owner-chart": () => groupedRanges(dimensions.owner, (plan, owner) => plans[plan].owner_quantile[owner], "cost"),
    "budget-chart": () => groupedRanges(dimensions.budget_period, (plan, period) => plans[plan].budget_period_quantile[period], "cost"),
    unserved,
    "risk-chart": risk,
    "difference-chart": difference,
    "waterfall-chart": waterfall,
    "convergence-mean": () => course("mean", (plan) => plan.cost_mean, (plan, side) => plan.cost_mean + errors(side) * plan.cost_mean_se),
    "convergence-p95": () => course("p95", (plan) => at(plan.cost_quantile, 0.95), settledEnd("p95")),
    "convergence-cvar95": () => course("cvar95", (plan) => at(plan.cost_cvar, 0.95), settledEnd("cvar95")),
    "convergence-over": () => course("over_budget", (plan) => plan.over_budget),
  };
  plans.forEach((_, plan) => {
    charts[`fan-${plan}`] = () => fan(plan, visiblePlans());
    charts[`tornado-${plan}`] = () => tornado(plan, visiblePlans());
  });
  (dimensions.job ?? []).forEach((_, job) => (charts[`finish-${job}`] = () => finish(job)));
  (dimensions.service ?? []).forEach((_, service) => {
    charts[`unit-cost-${service}`] = () => unitCost(service);
    charts[`latency-${service}`] = () => latency(service);
  });
  return charts;
}
