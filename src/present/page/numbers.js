// Numbers as both pages write them, the report's and the live one's. The live page has this as it stands, without exports.

/** An amount with the sign of its currency before it, or with its code where it has none. */
export const withSign = (text, negative, sign) => `${negative ? "−" : ""}${sign}${sign.length > 1 ? " " : ""}${text}`;

/** An amount by itself, to three digits: "$1.71M", "$66.0k". */
export function amount(value, sign) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return withSign("0", false, sign);
  const [divisor, letter] = size >= 9.995e8 ? [1e9, "B"] : size >= 9.995e5 ? [1e6, "M"] : size >= 999.5 ? [1e3, "k"] : [1, ""];
  const digits = Math.max(0, 2 - Math.floor(Math.log10((size / divisor) * 1.000001)));
  return withSign((size / divisor).toFixed(digits) + letter, value < 0, sign);
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
