// One typed option of a slash command: an input that only accepts what Discord's client would send.

import { fill, h } from "./dom.js";
import { encode } from "./fields.js";
import { Listbox } from "./listbox.js";
import { searchEntities } from "./select.js";
import { t } from "./words.js";

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
const ATTACHMENT = 11;
const ENTITIES = { 6: "user", 7: "channel", 8: "role", 9: "mentionable" };
const PATIENCE = 180; // milliseconds of silence before an application is asked again

export class OptionField {
  constructor(option, line) {
    this.option = option;
    this.line = line;
    this.picked = null;
    this.file = null;
    this.ticket = 0;
    this.listed = option.autocomplete || option.choices?.length || option.type === BOOLEAN || option.type in ENTITIES;
    this.element = option.type === ATTACHMENT ? this.#fileField() : this.#textField();
  }

  /** Put the cursor here. */
  focus() {
    this.input.focus();
  }

  /** Whether nothing is filled in. */
  empty() {
    return this.option.type === ATTACHMENT ? !this.file : this.input.value === "" && !this.picked;
  }

  /** The value as it is sent with an autocomplete: a file cannot be. */
  value() {
    if (this.picked) return this.picked.value;
    const text = this.input.value;
    return [INTEGER, NUMBER].includes(this.option.type) && text.trim() !== "" && !Number.isNaN(Number(text))
      ? Number(text)
      : text;
  }

  /** The value as it is sent with the command, or a promise of it. */
  wire() {
    return this.file ? encode(this.file) : this.value();
  }

  /** Why this cannot be sent, or "". */
  problem() {
    const why = this.#wrong();
    if (why) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    return why;
  }

  #wrong() {
    const { option } = this;
    if (this.empty()) return option.required ? t("This field is required") : "";
    const free = option.type === STRING && !option.choices?.length;
    const numeric = [INTEGER, NUMBER].includes(option.type) && !option.choices?.length;
    if (this.listed && !this.picked && !free && !numeric) return t("No options match");
    const value = this.value();
    if (numeric && !this.picked) {
      if (typeof value !== "number" || (option.type === INTEGER && !Number.isInteger(value))) {
        return option.type === INTEGER ? "1, 2, 3 …" : "0.5, 1 …";
      }
      if (option.min_value !== null && value < option.min_value) return `≥ ${option.min_value}`;
      if (option.max_value !== null && value > option.max_value) return `≤ ${option.max_value}`;
    }
    return "";
  }

  #textField() {
    const { option } = this;
    this.input = h("input", {
      type: "text",
      "aria-label": option.label,
      "aria-required": option.required ? "true" : null,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: option.type === STRING ? (option.max_length ?? 6000) : null,
      inputmode: option.type === INTEGER ? "numeric" : null,
      data: { option: option.name },
    });
    if (this.listed) {
      this.list = new Listbox({ label: option.label, onpick: (one) => this.#pick(one) });
      this.list.hidden = true;
      this.list.steer(this.input);
      this.input.addEventListener("keydown", (event) => this.#key(event));
    }
    this.input.addEventListener("input", () => {
      this.picked = null;
      this.input.removeAttribute("aria-invalid");
      this.#size();
      this.#offer(option.autocomplete ? PATIENCE : 0);
    });
    this.input.addEventListener("focus", () => {
      this.line.explain(this);
      if (!this.picked) this.#offer(0);
    });
    this.#size();
    return h("label.place", {}, h("span.name", {}, option.label), this.input);
  }

  #fileField() {
    const { option } = this;
    const name = h("span", {}, t("Choose a file"));
    this.input = h("input.unseen", { type: "file", "aria-label": option.label, data: { option: option.name } });
    this.input.addEventListener("focus", () => this.line.explain(this));
    this.input.addEventListener("change", () => {
      this.file = this.input.files[0] ?? null;
      fill(name, this.file?.name ?? t("Choose a file"));
    });
    return h("label.place.file", {}, h("span.name", {}, option.label), this.input, name);
  }

  #size() {
    const width = [...this.input.value].reduce((sum, sign) => sum + (sign > "\u2e80" ? 2 : 1), 2); // wide signs take two
    this.input.style.width = `${Math.max(6, Math.min(40, width))}ch`;
  }

  #key(event) {
    if (this.list.hidden || event.isComposing) return;
    const { options, active } = this.list;
    if (event.key === "Tab" && !event.shiftKey && options[active] && this.input.value !== "") this.list.pick(active);
    else if (event.key === "Enter" && !this.option.required && this.input.value === "") return;
    else this.list.key(event);
  }

  #pick(one) {
    this.picked = { value: one.value, label: one.label };
    this.input.value = one.label;
    this.input.removeAttribute("aria-invalid");
    this.#size();
    this.#hide(true);
    this.ticket += 1;
    if (!this.line.advance()) this.focus();
  }

  #hide(hidden) {
    this.list.hidden = hidden;
    if (document.activeElement === this.input) this.line.explain(this);
  }

  async #offer(wait) {
    if (!this.list) return;
    const ticket = (this.ticket += 1);
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    if (ticket !== this.ticket) return;
    const { options, note } = await this.#options(this.input.value);
    if (ticket !== this.ticket) return;
    this.list.show(options, note);
    this.#hide(false);
  }

  async #options(text) {
    const { option } = this;
    const fits = (label) => label.toLowerCase().includes(text.toLowerCase());
    if (option.type in ENTITIES) {
      return { options: await searchEntities(ENTITIES[option.type], text, option.channel_types) };
    }
    if (option.type === BOOLEAN) {
      return {
        options: [
          { value: true, label: t("True") },
          { value: false, label: t("False") },
        ].filter((one) => fits(one.label)),
      };
    }
    if (option.choices?.length) {
      return {
        options: option.choices.filter((one) => fits(one.name)).map((one) => ({ value: one.value, label: one.name })),
      };
    }
    try {
      const choices = await this.line.complete(this, text);
      return { options: choices.map((one) => ({ value: one.value, label: one.name })), note: t("No options match") };
    } catch {
      return { options: [], note: t("Loading options failed") };
    }
  }
}
