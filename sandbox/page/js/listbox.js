// A list of options beside a field: the field keeps the focus and names the active option (the ARIA combobox pattern).

import { avatarColour } from "./colours.js";
import { fill, freshId, h, icon } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { ICONS } from "./icons.js";
import { roleDot } from "./people.js";
import { t } from "./words.js";

/**
 * Options are {value, label, detail, group, emoji, color, kind, disabled}; `kind` "user", "role", "channel" draws what it is.
 * `onpick(option)` is called by Enter and by a click.
 */
export class Listbox {
  constructor({ label, multiple = false, onpick }) {
    this.onpick = onpick;
    this.multiple = multiple;
    this.options = [];
    this.selected = new Set();
    this.active = -1;
    this.element = h("div.options", {
      role: "listbox",
      id: freshId("list"),
      "aria-label": label,
      "aria-multiselectable": multiple ? "true" : null,
    });
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /** Attach the field that steers this list. */
  steer(field) {
    this.field = field;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-controls", this.element.id);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("autocomplete", "off");
  }

  /** Show these options; the first that can be picked becomes active. */
  show(options, note = t("Nothing found")) {
    this.options = options;
    let group;
    const rows = options.flatMap((option, index) => {
      const heading = option.group !== undefined && option.group !== group
        ? [h("div.group", { role: "presentation" }, option.group)]
        : [];
      group = option.group;
      return [...heading, this.#row(option, index)];
    });
    fill(this.element, options.length ? rows : h("div.nothing", { role: "presentation" }, note));
    this.activate(options.findIndex((option) => !option.disabled));
  }

  /** Mark which values are chosen. */
  choose(values) {
    this.selected = new Set(values);
    for (const row of this.#rows()) {
      row.setAttribute("aria-selected", String(this.selected.has(this.options[row.dataset.index].value)));
    }
  }

  /** Handle a key of the field; true when it meant the list. */
  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps && this.options.length) {
      const size = this.options.length;
      const step = steps[event.key];
      this.activate(
        Math.abs(step) === 1 ? (this.active + step + size) % size : Math.max(0, Math.min(size - 1, this.active + step)),
      );
    } else if (event.key === "Enter" && this.options[this.active]) {
      this.pick(this.active);
    } else return false;
    event.preventDefault();
    return true;
  }

  /** Make an option the active one. */
  activate(index) {
    this.active = index;
    let id = "";
    for (const row of this.#rows()) {
      const now = Number(row.dataset.index) === index;
      row.classList.toggle("active", now);
      if (!now) continue;
      id = row.id;
      row.scrollIntoView({ block: "nearest" });
    }
    if (id) this.field?.setAttribute("aria-activedescendant", id);
    else this.field?.removeAttribute("aria-activedescendant");
  }

  /** Pick an option by its place. */
  pick(index) {
    const option = this.options[index];
    if (option && !option.disabled) this.onpick(option);
  }

  #rows() {
    return [...this.element.querySelectorAll("[role=option]")];
  }

  #row(option, index) {
    const chosen = this.selected.has(option.value);
    return h(
      "div.option",
      {
        role: "option",
        id: `${this.element.id}-${index}`,
        "aria-selected": String(chosen),
        "aria-disabled": option.disabled ? "true" : null,
        data: { index, value: option.value },
        onclick: () => this.pick(index),
        onpointermove: () => this.active !== index && this.activate(index),
      },
      picture(option),
      h("span.words", {}, h("b", {}, option.label), option.detail ? h("span", {}, option.detail) : null),
      option.side ?? null,
      this.multiple ? h("span.mark", { "aria-hidden": "true" }, icon(ICONS.check)) : null,
    );
  }
}

/** The small picture before an option. */
export function picture(option) {
  if (option.picture) return option.picture();
  if (option.emoji) return emojiOf(option.emoji);
  if (option.kind === "user") {
    return h(
      "span.avatar.tiny",
      { "aria-hidden": "true", vars: { "--avatar": avatarColour(option.value) } },
      [...option.label][0],
    );
  }
  if (option.kind === "role") return roleDot(option.color);
  if (option.kind === "channel") return icon(ICONS.hash);
  return null;
}
