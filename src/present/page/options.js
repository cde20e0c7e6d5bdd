// The kinds of charts by name.
import { columns, fan, lines } from "./curves.js";
import { dots, plot, totals } from "./plots.js";
import { heat, ranges, ridges, stack, tornado, waterfall } from "./rows.js";
import { scatter } from "./scatter.js";

export const kinds = { lines, fan, columns, ridges, stack, ranges, tornado, scatter, waterfall, heat, plot, dots, totals };
