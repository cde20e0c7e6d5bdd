// Colours as the style sheet has them, for light and dark.
export const colorCount = 8;
const dashes = ["solid", [7, 3], [2, 3], [9, 3, 2, 3]];
const symbols = ["circle", "rect", "triangle", "diamond"];

export const dashOf = (plan) => dashes[Math.floor(plan / colorCount) % dashes.length];
export const symbolOf = (plan) => symbols[Math.floor(plan / colorCount) % symbols.length];

/** A colour as it looks where it is drawn pale. */
export const pale = (color) => `${color}59`;

/** The colours in force. */
export function colors() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: get("ink"),
    soft: get("soft"),
    grid: get("grid"),
    paper: get("paper"),
    budget: get("budget"),
    good: get("good"),
    bad: get("bad"),
    heat: get("accent"),
    plan: (plan) => get(`p${plan % colorCount}`),
    part: (style_) => get(`c${style_}`),
  };
}

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

export function startTheme(redraw) {
  const button = document.getElementById("theme");
  const label = () => (button.textContent = isDark() ? "Light" : "Dark");
  button.setAttribute("aria-label", "Switch between light and dark");
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    label();
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    label();
    redraw();
  });
  label();
}
