// Short notes at the corner; a screen reader hears them.

import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { t } from "./words.js";

const SECONDS = 7;

/** Say something for a few seconds; `kind` "bad" for what went wrong. */
export function toast(text, kind = "") {
  const close = h(
    "button.icon-button",
    { type: "button", "aria-label": t("Close"), onclick: () => note.remove() },
    icon(ICONS.close, "small"),
  );
  const note = h("div.toast", { class: kind }, h("span", {}, text), close);
  document.querySelector(".toasts").append(note);
  setTimeout(() => note.remove(), SECONDS * 1000);
}

/** Do something; when the server refuses, say why. Answers the result, or null. */
export async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(error.message, "bad");
    return null;
  }
}
