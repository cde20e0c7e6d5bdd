// What the page shows: its data (the document of --json with a part "page"), and which plans are switched on.
export const data = JSON.parse(document.getElementById("data").textContent);
export const page = data.page;
/** The plans of a run; studies have none. */
export const plans = page.shown ? data.plans : [];

export const shown = new Set(plans.map((_, plan) => plan).filter((plan) => page.shown[plan]));
/** The plans that are switched on, in the order of the file. */
export const visiblePlans = () => plans.map((_, plan) => plan).filter((plan) => shown.has(plan));

/** A value by a number of its axis, whose labels are texts. */
export const at = (values, number) => values[number] ?? values[Object.keys(values).find((key) => Number(key) === number)];

const listeners = [];
export const onChange = (listener) => listeners.push(listener);

export function setShown(chosen) {
  shown.clear();
  for (const plan of chosen) shown.add(plan);
  for (const listener of listeners) listener();
}
