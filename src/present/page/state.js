// What the page shows: its data, and which plans are switched on.
export const data = JSON.parse(document.getElementById("data").textContent);

for (const chart of data.charts) {
  chart.x = data.axes[chart.x];
  if (chart.y !== undefined) chart.y = data.axes[chart.y];
}

export const shown = new Set(data.plans.map((_, plan) => plan).filter((plan) => data.plans[plan].shown));

const listeners = [];
export const onChange = (listener) => listeners.push(listener);

export function setShown(plans) {
  shown.clear();
  for (const plan of plans) shown.add(plan);
  for (const listener of listeners) listener();
}
