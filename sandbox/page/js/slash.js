// Slash commands: what is offered while one types, and the line in which a command's options are filled in.

import { fill, freshId, h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { OptionField } from "./options.js";
import { request, state, useCommand, view } from "./store.js";
import { t } from "./words.js";

const SLASH = 1;

/** The commands and subcommands offered here that fit what stands behind the slash, best first. */
export function slashMatches(query) {
  const wanted = query.trim().toLowerCase();
  const leaves = state.commands
    .filter((one) => one.type === SLASH && one.channel_ids.includes(view.channelId))
    .flatMap(leavesOf);
  const fitting = leaves.filter((one) => one.label.slice(1).toLowerCase().includes(wanted));
  const starts = (one) => one.label.slice(1).toLowerCase().startsWith(wanted);
  return [...fitting.filter(starts), ...fitting.filter((one) => !starts(one))].slice(0, 40);
}

function leavesOf(command) {
  const offered = (path, name, description) => ({
    value: [command.id, ...path].join(" "),
    label: `/${name}`,
    detail: description,
    command,
    path,
    side: h("span.app-name", {}, command.application_name),
  });
  if (!command.subcommands.length) return [offered([], command.name, command.description)];
  return command.subcommands.map((sub) => offered(sub.path, `${command.name} ${sub.name}`, sub.description));
}

/** A command being filled in. `onend` is called when it was sent or given up. */
export class CommandLine {
  constructor(command, path, onend) {
    this.command = command;
    this.path = path;
    this.onend = onend;
    const leaf = path.length ? command.subcommands.find((sub) => sub.path.join(" ") === path.join(" ")) : command;
    this.name = path.length ? `${command.name} ${leaf.name}` : command.name;
    this.fields = leaf.options.map((option) => new OptionField(option, this));
    this.shown = new Set(this.fields.filter((field) => field.option.required));
    this.#build(leaf);
  }

  /** Put the cursor where something is to be filled in. */
  focus() {
    const first = [...this.shown].find((field) => field.empty()) ?? [...this.shown][0];
    if (first) first.focus();
    else this.element.querySelector(".command-line").focus();
  }

  /** The values filled in so far, without one field. */
  values(except = null) {
    const filled = this.fields.filter((field) => field !== except && this.shown.has(field) && !field.empty());
    return Object.fromEntries(filled.map((field) => [field.option.name, field.value()]));
  }

  /** Ask the application what it offers for a field. Rejects with RequestError. */
  async complete(field, text) {
    const { choices } = await request("autocomplete", {
      channel_id: view.channelId,
      command_id: this.command.id,
      path: this.path,
      options: this.values(field),
      focused: { name: field.option.name, value: text },
    });
    return choices;
  }

  /** Go on to the next field that needs a value; true when there was one. */
  advance() {
    const next = [...this.shown].find((field) => field.empty());
    next?.focus();
    return Boolean(next);
  }

  /** Show this text and list above the line, for the field that has the focus. */
  explain(field) {
    const { option } = field;
    const needed = option.required ? t("required") : t("optional");
    fill(this.help, h("b", {}, option.label), " ", option.description, h("span.hint", {}, ` · ${needed}`));
    fill(this.suggestions, field.list?.element ?? null);
    this.suggestions.hidden = !field.list || field.list.hidden;
  }

  async send() {
    const wrong = [...this.shown].map((field) => ({ field, why: field.problem() })).find(({ why }) => why);
    if (wrong) {
      this.#say(`${wrong.field.option.label}: ${wrong.why}`);
      wrong.field.focus();
      return;
    }
    const options = {};
    for (const field of this.shown) if (!field.empty()) options[field.option.name] = await field.wire();
    try {
      const fields = { channel_id: view.channelId, command_id: this.command.id, path: this.path, options };
      await useCommand("command", `/${this.name}`, fields);
      this.onend();
    } catch (error) {
      this.#say(error.message);
    }
  }

  #build(leaf) {
    this.suggestions = h("div.suggestions-list", { hidden: true });
    this.help = h("div.command-help", { id: freshId("help") }, leaf.description);
    this.problem = h("div.error-text", { role: "alert", hidden: true });
    this.places = h("div.places");
    const line = h(
      "div.box.command-line",
      {
        role: "group",
        "aria-label": `/${this.name}`,
        tabindex: -1,
        "aria-describedby": this.help.id,
        data: { focus: "command" },
      },
      h("span.command-name", {}, `/${this.name}`),
      this.places,
      h(
        "button.icon-button",
        { type: "button", "aria-label": t("Cancel"), onclick: () => this.onend() },
        icon(ICONS.close),
      ),
      h(
        "button.icon-button.send",
        { type: "button", "aria-label": t("Send"), onclick: () => this.send() },
        icon(ICONS.send),
      ),
    );
    line.addEventListener("keydown", (event) => this.#key(event));
    this.element = h("div.command", {}, h("div.suggestions", {}, this.suggestions, this.problem, this.help), line);
    this.#place();
  }

  #place() {
    const rest = this.fields.filter((field) => !this.shown.has(field));
    const add = (field) => {
      this.shown.add(field);
      this.#place();
      field.focus();
    };
    fill(
      this.places,
      [...this.shown].map((field) => field.element),
      rest.map((field) =>
        h(
          "button.more-option",
          { type: "button", "aria-label": `${t("optional")}: ${field.option.label}`, onclick: () => add(field) },
          `+ ${field.option.label}`,
        )
      ),
    );
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.onend();
    } else if (
      event.key === "Enter" &&
      !event.defaultPrevented &&
      !event.isComposing &&
      !event.target.closest("button")
    ) {
      event.preventDefault();
      if (![...this.shown].some((field) => field.option.required && field.empty()) || !this.advance()) this.send();
    } else if (event.key === "Backspace" && event.target.value === "" && event.target.tagName === "INPUT") {
      this.#drop(event);
    }
  }

  #drop(event) {
    const field = [...this.shown].find((one) => one.element.contains(event.target));
    event.preventDefault();
    if (field && !field.option.required) {
      this.shown.delete(field);
      this.#place();
      this.focus();
    } else if (field === [...this.shown][0]) this.onend();
  }

  #say(text) {
    this.problem.hidden = !text;
    this.problem.textContent = text;
  }
}
