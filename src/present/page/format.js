// Numbers as the rest of the page writes them.
import { data, page } from "./state.js";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** With the currency's sign before it, or its code where it has none. */
const withSign = (text, negative) => `${negative ? "−" : ""}${page.sign}${page.sign.length > 1 && page.sign === data.currency ? " " : ""}${text}`;

/** An amount in full: "$38,752". */
export function money(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return withSign("0");
  return withSign(size >= 100 ? grouped.format(size) : size >= 0.1 ? size.toFixed(2) : String(Number(size.toPrecision(3))), value < 0);
}

/** An amount by itself, to three digits: "$1.71M", "$66.0k". */
export function shortMoney(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return withSign("0");
  const [divisor, letter] = size >= 9.995e8 ? [1e9, "B"] : size >= 9.995e5 ? [1e6, "M"] : size >= 999.5 ? [1e3, "k"] : [1, ""];
  const digits = Math.max(0, 2 - Math.floor(Math.log10((size / divisor) * 1.000001)));
  return withSign((size / divisor).toFixed(digits) + letter, value < 0);
}

/** To so many decimals; what lies exactly between two goes to the even one, as in the tables. */
function fixed(value, digits) {
  // Of binary numbers only odd multiples of 2^-(digits + 1) lie exactly between.
  const isBetween = Math.abs((value * 2 ** (digits + 1)) % 2) === 1;
  const even = 2 * Math.round((value * 10 ** digits) / 2);
  return isBetween ? (even / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

/** A share in percent, in which neither end is reached by rounding. */
export function percent(share) {
  if (share === null || share === undefined) return "–";
  if (share < 0) return `−${percent(-share)}`;
  const points = 100 * share;
  if (points === 0 || points === 100) return `${points} %`;
  if (points < 0.01) return "<0.01 %";
  if (points > 99.99) return ">99.99 %";
  return `${fixed(points, points < 1 || points > 99 ? 2 : 1)} %`;
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
