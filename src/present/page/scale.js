// Axes: where they begin and end, the unit of their money, and ticks at round numbers and round dates.
import { page } from "./state.js";

export function roundStep(span, count) {
  if (!(span > 0)) return 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough * (1 - 1e-9));
}

/** Multiples of a round number within an axis, at most count + 1 of them. */
export function roundTicks({ low, high }, count) {
  const step = roundStep(high - low, count);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; ++i) ticks.push(i * step + 0);
  return ticks;
}

/** Decimals after the point that multiples of a round step need. */
export function decimalsOf(step) {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const scaled = step * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) > 1e-6 ? decimals + 1 : decimals;
}

/** Amounts of one unit, $k or $M, in which the largest has one to four digits before the point. */
export function moneyAxis(words, low, high) {
  if (!(high > low)) high = low + Math.max(1, 0.02 * Math.abs(low));
  const size = Math.max(Math.abs(low), Math.abs(high));
  const [divisor, letter] = size >= 1e10 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const decimals = decimalsOf(roundStep((high - low) / divisor, 6));
  const unit = page.sign.length > 1 ? `${page.sign} ${letter}`.trim() : page.sign + letter;
  return { kind: "money", title: `${words}, ${unit}`, low, high, divisor, decimals, ticks: [] };
}

/** An axis of money about values: from zero, or with some room to either side. */
export function moneyAxisOf(words, values, from = "zero") {
  const finite = values.filter((value) => Number.isFinite(value));
  let [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!finite.length) [low, high] = [0, 1];
  if (from === "zero") {
    [low, high] = [Math.min(0, low), Math.max(0, high)];
    const room = 0.03 * (high - low);
    return moneyAxis(words, low < 0 ? low - room : 0, high + room);
  }
  const room = Math.max(0.08 * (high - low), 0.01 * Math.abs(high));
  return moneyAxis(words, low >= 0 ? Math.max(0, low - room) : low - room, high + room);
}

export const shareAxis = (title, high = 1, low = 0) => ({ kind: "share", title, low, high, ticks: [] });

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Starts of months, a dozen or so of them, the year below the first and each January. */
function monthTicks(low, high) {
  const every = Math.ceil((high - low) / 730.5 / 14);
  const ticks = [];
  const first = new Date(page.start);
  for (let i = 0; ; ++i) {
    const date = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1));
    const hours = (date.getTime() - page.start) / 3.6e6;
    if (hours > high) return ticks;
    if (hours < low || date.getUTCMonth() % every !== 0) continue;
    const year = (!ticks.length || date.getUTCMonth() === 0) && hours < low + 0.95 * (high - low);
    ticks.push([hours, months[date.getUTCMonth()] + (year ? `\n${date.getUTCFullYear()}` : "")]);
  }
}

function dayTicks(low, high) {
  const days = (high - low) / 24;
  const every = days <= 10 ? 1 : days <= 20 ? 2 : days <= 70 ? 7 : 14;
  const ticks = [];
  const day = 8.64e7;
  for (let time = Math.ceil(page.start / day) * day; ; time += every * day) {
    const hours = (time - page.start) / 3.6e6;
    if (hours > high) return ticks;
    const date = new Date(time);
    if (hours >= low) ticks.push([hours, `${date.getUTCDate()} ${months[date.getUTCMonth()]}`]);
  }
}

export function timeAxis(low = 0) {
  const high = page.horizon_hours;
  const axis = { kind: "time", title: "", low, high };
  if (page.start !== null && high - low > 48) return { ...axis, ticks: high - low > 3600 ? monthTicks(low, high) : dayTicks(low, high) };
  const unit = high > 72 ? 24 : 1;
  const ticks = roundTicks({ low: low / unit, high: high / unit }, 8).map((tick) => [tick * unit, String(Number(tick.toPrecision(6)))]);
  return { ...axis, title: unit === 24 ? "days since the start" : "hours since the start", ticks };
}

/** "Mar 2027", "12 Mar", or "day 3": the period that ends so many hours after the start, by its first hour. */
export function periodName(from) {
  if (page.start === null) return `day ${Number((from / 24).toPrecision(4))}`;
  const date = new Date(page.start + 3.6e6 * from);
  const month = months[date.getUTCMonth()];
  if (page.period === "month") return date.getUTCMonth() === 0 || from === 0 ? `${month} ${date.getUTCFullYear()}` : month;
  if (page.period === "quarter") return `Q${1 + Math.floor(date.getUTCMonth() / 3)} ${date.getUTCFullYear()}`;
  return `${date.getUTCDate()} ${month}`;
}
