// The panel of a dropdown: a search field over a list of options, one or several to pick.

import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { Listbox } from "./listbox.js";
import { openPopup } from "./popup.js";
import { t } from "./words.js";

/**
 * Open a dropdown's panel. `load(query)` answers its options, at once or later. `onpick(options)` is called with what was picked: as soon
 * as one is picked, or for `max` > 1 when the panel closes with another choice than it opened with.
 */
export function openPicker(
  anchor,
  { label, load, selected = [], min = 1, max = 1, onpick, className = "", width = null, note = null },
) {
  const multiple = max > 1 || min === 0;
  const chosen = new Map(selected.map((option) => [option.value, option]));
  const count = h("span", { role: "status" });
  const list = new Listbox({ label, multiple, onpick: (option) => pick(option) });
  list.choose(chosen.keys());
  const field = h("input", {
    type: "text",
    placeholder: t("Search"),
    "aria-label": `${label}: ${t("Search")}`,
    spellcheck: "false",
  });
  list.steer(field);
  let latest = 0;
  const refresh = async () => {
    const ticket = (latest += 1);
    const options = await load(field.value.trim());
    if (ticket === latest) list.show(options);
    popup?.replace();
  };
  field.addEventListener("input", refresh);
  field.addEventListener("keydown", (event) => list.key(event));
  const done = h("button.button.little", { type: "button", onclick: () => popup.close() }, t("Done"));
  const content = [
    note,
    h("div.search", {}, icon(ICONS.search, "small"), field),
    list.element,
    multiple ? h("div.done", {}, count, done) : null,
  ];
  let popup = null;
  popup = openPopup(anchor, content, {
    className: `picker ${className}`,
    width: width ?? Math.max(anchor.offsetWidth, 220),
    label,
    onclose: finish,
  });
  field.focus({ preventScroll: true });
  say();
  refresh();

  function pick(option) {
    if (!multiple) {
      popup.close();
      onpick([option]);
      return;
    }
    if (chosen.has(option.value)) chosen.delete(option.value);
    else if (chosen.size < max) chosen.set(option.value, option);
    else if (max === 1) {
      chosen.clear();
      chosen.set(option.value, option);
    }
    list.choose(chosen.keys());
    say();
  }

  function say() {
    const fits = chosen.size >= min;
    count.textContent = fits ? `${chosen.size} / ${max}` : t("Pick {min} to {max}", { min, max });
    done.disabled = !fits;
  }

  function finish() {
    const before = selected
      .map((option) => option.value)
      .sort()
      .join("\n");
    const after = [...chosen.keys()].sort().join("\n");
    if (multiple && before !== after && chosen.size >= min) onpick([...chosen.values()]);
  }
  return popup;
}

/** `load` for a fixed list: the options whose label or detail holds the query. */
export function among(options) {
  return (query) => {
    const wanted = query.toLowerCase();
    return options.filter((one) => `${one.label}\n${one.detail ?? ""}`.toLowerCase().includes(wanted));
  };
}
