// Components of messages: buttons, dropdowns, and the layout of Components V2.

import { css } from "./colours.js";
import { h, icon } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { ICONS } from "./icons.js";
import { attachment, picture } from "./media.js";
import { rich } from "./rich.js";
import { preselected, selectControl } from "./select.js";
import { request, state, view } from "./store.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const STYLES = { 1: "", 2: "grey", 3: "green", 4: "red", 5: "grey", 6: "" };
const LINK = 5;

/** The components of a message. */
export function components(message) {
  return message.components.map((part) => draw(message, part)).filter(Boolean);
}

function draw(message, part) {
  return DRAW[part.type]?.(message, part) ?? null;
}

const DRAW = {
  1: (message, part) =>
    h(
      "div.component-row",
      {},
      part.components.map((child) => draw(message, child)),
    ),
  2: button,
  3: dropdown,
  5: dropdown,
  6: dropdown,
  7: dropdown,
  8: dropdown,
  9: (message, part) =>
    h(
      "div.section",
      {},
      h(
        "div.texts",
        {},
        part.components.map((child) => draw(message, child)),
      ),
      h("div.accessory", {}, draw(message, part.accessory)),
    ),
  10: (_, part) => rich(part.content),
  11: (_, part) => covered(part.spoiler, picture(part.media.url, part.description, "thumb")),
  12: (_, part) =>
    h(
      "div.gallery",
      {
        vars: { "--columns": Math.min(part.items.length, part.items.length === 2 || part.items.length === 4 ? 2 : 3) },
      },
      part.items.map((item) => covered(item.spoiler, picture(item.media.url, item.description))),
    ),
  13: (_, part) => covered(part.spoiler, attachment({ filename: part.name, url: part.file.url, size: part.size })),
  14: (_, part) =>
    h("div.separator", {
      role: part.divider === false ? null : "separator",
      class: `${part.divider === false ? "" : "line"} ${part.spacing === 2 ? "wide" : ""}`,
    }),
  17: (message, part) =>
    covered(
      part.spoiler,
      h(
        "div.container",
        {
          class: part.accent_color ? "accented" : "",
          vars: part.accent_color ? { "--accent-line": css(part.accent_color) } : {},
        },
        part.components.map((child) => draw(message, child)),
      ),
    ),
};

function covered(spoiler, content) {
  if (!spoiler) return content;
  const cover = h("button.cover", { type: "button", onclick: () => cover.remove() }, t("Spoiler"));
  return h("div.hidden-part", {}, cover, content);
}

/** Whether this window waits for the answer to a click on a component. */
export function isBusy(message, customId) {
  const mine = [...state.interactions.values()].filter(
    (one) => one.message_id === message.id && one.custom_id === customId,
  );
  return mine.at(-1)?.state === "pending" && mine.at(-1).kind === "component";
}

function button(message, part) {
  const content = [part.emoji ? emojiOf(part.emoji) : null, part.label ? h("span.label", {}, part.label) : null];
  const name = part.label ? null : (part.emoji?.name ?? null);
  if (part.style === LINK) {
    const properties = { href: part.url, target: "_blank", rel: "noopener noreferrer", "aria-label": name };
    return h("a.button.grey", properties, content, icon(ICONS.link, "small"));
  }
  const busy = isBusy(message, part.custom_id);
  const element = h(
    "button.button",
    {
      class: STYLES[part.style],
      type: "button",
      disabled: part.disabled,
      "aria-label": name,
      "aria-busy": busy ? "true" : null,
      data: { focus: part.custom_id ?? part.sku_id, customId: part.custom_id },
      onclick: () =>
        busy ||
        attempt(
          request("click", { channel_id: message.channel_id, message_id: message.id, custom_id: part.custom_id }),
        ),
    },
    content,
    busy ? dots() : null,
  );
  return element;
}

function dropdown(message, part) {
  const key = `${message.id}:${part.custom_id}`;
  const kept = view.picks.get(key);
  const picked = kept?.edited === message.edited_timestamp ? kept.options : preselected(part);
  return selectControl(part, {
    picked,
    busy: isBusy(message, part.custom_id),
    onpick(options) {
      view.picks.set(key, { edited: message.edited_timestamp, options });
      const values = options.map((option) => option.value);
      attempt(
        request("select", {
          channel_id: message.channel_id,
          message_id: message.id,
          custom_id: part.custom_id,
          values,
        }),
      );
    },
  });
}

/** Three dots that breathe. */
export function dots() {
  return h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}
