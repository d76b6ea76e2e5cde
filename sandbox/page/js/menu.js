// Context menus: arrow keys move, Escape leaves.

import { h } from "./dom.js";
import { openPopup } from "./popup.js";

/** Open a menu of {label, run, danger, icon} items, {heading} and "rule" entries. */
export function openMenu(anchor, entries, label) {
  const list = h(
    "div.menu",
    {},
    entries.map((entry) => draw(entry, () => popup.close())),
  );
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length).focus();
  });
  const popup = openPopup(anchor, list, { label, role: "menu" });
  list.querySelector("[role=menuitem]")?.focus();
  return popup;
}

function draw(entry, close) {
  if (entry === "rule") return h("hr", { role: "separator" });
  if (entry.heading) return h("div.heading", { role: "presentation" }, entry.heading);
  const run = () => {
    close();
    entry.run();
  };
  return h(
    "button.item",
    { role: "menuitem", type: "button", tabindex: -1, class: entry.danger ? "danger" : "", onclick: run },
    entry.label,
    entry.icon ?? null,
  );
}
