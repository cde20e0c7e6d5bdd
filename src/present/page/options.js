// The kinds of charts by name.
import { columns, fan, lines } from "./curves.js";
import { ranges, ridges, stack, tornado } from "./rows.js";
import { scatter } from "./scatter.js";

export const kinds = { lines, fan, columns, ridges, stack, ranges, tornado, scatter };
