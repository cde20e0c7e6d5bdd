// Numbers as the rest of the page writes them.
import { data } from "./state.js";

const whole = currencyFormat(0);
const fine = currencyFormat(2);

function currencyFormat(digits) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency: data.currency, ...options });
  } catch {
    const plain = new Intl.NumberFormat("en", options);
    return { format: (value) => `${plain.format(value)} ${data.sign}` };
  }
}

/** An amount in full: "$38,752". */
export function money(value) {
  if (value === null) return "–";
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return whole.format(value);
  return size >= 0.1 ? fine.format(value) : `${Number(value.toPrecision(3))} ${data.sign}`;
}

/** A share in percent, in which neither end is reached by rounding. */
export function percent(share) {
  if (share === null) return "–";
  if (share < 0) return `−${percent(-share)}`;
  const points = 100 * share;
  if (points === 0 || points === 100) return `${points} %`;
  if (points < 0.01) return "<0.01 %";
  if (points > 99.99) return ">99.99 %";
  return `${points.toFixed(points < 1 || points > 99 ? 2 : 1)} %`;
}

const dates = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** An instant in hours since the start. */
export function instant(hours) {
  if (data.start === null) return `day ${(hours / 24).toFixed(1)}`;
  return dates.format(new Date(data.start + 3.6e6 * hours));
}

/** A value of an axis, in full. */
export function exact(axis, value) {
  if (axis.kind === "money") return money(value);
  if (axis.kind === "share") return percent(value);
  if (axis.kind === "time") return instant(value);
  return axis.ticks.find(([at]) => at === value)?.[1] ?? String(value);
}

/** A value of an axis as its ticks have it. */
export function short(axis, value) {
  if (axis.kind === "money") return (value / axis.divisor).toFixed(axis.decimals);
  if (axis.kind === "share") return `${Number((100 * value).toPrecision(6))} %`;
  return String(value);
}

/** Multiples of a round number within an axis, at most count + 1 of them. */
export function roundTicks(axis, count) {
  const rough = (axis.high - axis.low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * (1 - 1e-9));
  const ticks = [];
  for (let i = Math.ceil(axis.low / step - 1e-6); i * step <= axis.high + 1e-6 * step; ++i) ticks.push(i * step);
  return ticks;
}
