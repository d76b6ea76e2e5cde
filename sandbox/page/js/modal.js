// Modals that an application opens. One at a time; it stays open until its submission was answered.

import { dots } from "./components.js";
import { fill, freshId, h, icon } from "./dom.js";
import { makeField } from "./fields.js";
import { ICONS } from "./icons.js";
import { rich } from "./rich.js";
import { request, state, subscribe } from "./store.js";
import { t } from "./words.js";

const ROW = 1;
const TEXT = 10;
const LABEL = 18;
const opened = new Set();
let current = null;

/** Open modals as the answers to this window's interactions bring them. */
export function startModals() {
  subscribe(["interactions"], () => {
    for (const one of state.interactions.values()) {
      if (!one.modal || opened.has(one.id)) continue;
      opened.add(one.id);
      open(one);
    }
    current?.follow();
  });
  subscribe(["snapshot"], () => current?.close());
}

function open({ id, modal }) {
  current?.close();
  const titleId = freshId("modal");
  const fields = new Map();
  const rows = modal.components.map((part) => row(part, fields));
  const problem = h("p.error-text.problem", { role: "alert", hidden: true });
  const submit = h("button.button", { type: "submit" }, t("Submit"));
  const form = h(
    "form",
    { novalidate: true, onsubmit: send, oninput: () => say("") },
    h(
      "div.head",
      {},
      h("h2", { id: titleId }, modal.title),
      h("button.icon-button", { type: "button", "aria-label": t("Close"), onclick: () => close() }, icon(ICONS.close)),
    ),
    h("div.fields.scroll", {}, rows),
    problem,
    h("div.actions", {}, h("button.button.plain", { type: "button", onclick: () => close() }, t("Cancel")), submit),
  );
  const before = document.activeElement;
  const dialog = h("dialog.modal", { "aria-labelledby": titleId }, form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (current?.dialog === dialog) current = null;
    if (before?.isConnected) before.focus({ preventScroll: true });
    else document.querySelector("[data-focus=composer]")?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".fields :is(input, textarea, button.select)")?.focus();
  let sentAs = null;
  current = { dialog, close, follow };

  function close() {
    dialog.close();
  }

  function say(text) {
    problem.hidden = !text;
    problem.textContent = text;
  }

  function wait(busy) {
    submit.disabled = busy;
    fill(submit, busy ? dots() : t("Submit"));
    if (busy) submit.setAttribute("aria-label", t("Loading…"));
    else submit.removeAttribute("aria-label");
  }

  async function send(event) {
    event.preventDefault();
    const wrong = [...fields.values()].map((field) => ({ field, why: field.problem() })).find(({ why }) => why);
    if (wrong) {
      say(`${wrong.field.caption}: ${wrong.why}`);
      wrong.field.element.querySelector("input, textarea, button")?.focus();
      return;
    }
    say("");
    wait(true);
    try {
      const values = {};
      for (const [customId, field] of fields) values[customId] = await field.read();
      sentAs = (await request("submit_modal", { interaction_id: id, values })).interaction_id;
      follow();
    } catch (error) {
      wait(false);
      say(error.message);
    }
  }

  function follow() {
    const answer = sentAs && state.interactions.get(sentAs);
    if (!answer || answer.state === "pending") return;
    if (answer.state === "failed" && answer.reply === null) {
      sentAs = null;
      wait(false);
      say(t("Something went wrong. Try again."));
    } else close();
  }
}

function row(part, fields) {
  if (part.type === TEXT) return rich(part.content);
  const inner = part.type === LABEL ? part.component : part.type === ROW ? part.components[0] : part;
  const field = makeField(inner, part.type === LABEL ? part.label : inner.label, part.description);
  fields.set(inner.custom_id, { ...field, caption: part.label ?? inner.label ?? "" });
  return field.element;
}
