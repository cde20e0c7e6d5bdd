// The box beside the pointer. Its words are set as text, never as markup.
let box = null;

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/** @param rows [colour or null, name, value] */
export function showTip(title, rows, event) {
  if (!box) {
    box = element("div");
    box.className = "tip tip-box";
    box.setAttribute("aria-hidden", "true");
    document.body.append(box);
  }
  const table = element("table");
  element("caption", title, table);
  for (const [color, name, value] of rows) {
    const row = element("tr", undefined, table);
    const head = element("th", undefined, row);
    if (color) {
      const dot = element("i", undefined, head);
      dot.style.background = color;
    }
    element("span", name, head);
    element("td", value, row);
  }
  box.replaceChildren(table);
  box.hidden = false;
  const { clientX, clientY } = pointOf(event);
  const { width, height } = box.getBoundingClientRect();
  const left = clientX + 16 + width > innerWidth ? Math.max(4, clientX - 16 - width) : clientX + 16;
  const top = Math.min(Math.max(4, clientY - height / 2), Math.max(4, innerHeight - height - 4));
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

export function hideTip() {
  if (box) box.hidden = true;
}

/** Where a mouse or a finger is. */
function pointOf(event) {
  return event.touches?.[0] ?? event.changedTouches?.[0] ?? event;
}
