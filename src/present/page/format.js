// Numbers as the rest of the page writes them.
import { amount, percent, withSign as signed } from "./numbers.js";
import { page } from "./state.js";

export { percent };

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const withSign = (text, negative) => signed(text, negative, page.sign);

/** An amount in full: "$38,752". */
export function money(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return withSign("0");
  return withSign(size >= 100 ? grouped.format(size) : size >= 0.1 ? size.toFixed(2) : String(Number(size.toPrecision(3))), value < 0);
}

/** An amount by itself, to three digits: "$1.71M", "$66.0k". */
export const shortMoney = (value) => amount(value, page.sign);

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
  if (page.start === null) return `day ${(hours / 24).toFixed(1)}`;
  return dates.format(new Date(page.start + 3.6e6 * hours));
}

/** A value of an axis, in full. */
export function exact(axis, value) {
  if (axis.kind === "money") return money(value);
  if (axis.kind === "share") return percent(value);
  if (axis.kind === "time") return instant(value);
  return axis.ticks?.find(([tick]) => tick === value)?.[1] ?? String(Number(value.toPrecision(4)));
}

/** A value of an axis as its ticks have it. */
export function short(axis, value) {
  if (axis.kind === "money") return (value / axis.divisor).toFixed(axis.decimals).replace("-", "−");
  if (axis.kind === "share") return `${Number((100 * value).toPrecision(6))} %`.replace("-", "−");
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
