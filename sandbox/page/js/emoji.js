// Emoji: those of Unicode are text, those of a guild a small tile with their initials (no pictures are loaded from elsewhere).

import { avatarColour } from "./colours.js";
import { h } from "./dom.js";
import { state } from "./store.js";

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;

/** An emoji object of Discord's ({id, name}) as it stands in a button or option. */
export function emojiOf(emoji) {
  return emoji.id ? customEmoji(emoji) : h("span.emoji", { "aria-hidden": "true" }, emoji.name);
}

/** A guild's emoji by name and id. */
export function customEmoji({ id, name }) {
  const image = state.guilds?.flatMap((guild) => guild.emojis).find((one) => one.id === id)?.image;
  if (image) return h("img.custom-emoji", { src: image, alt: `:${name}:`, title: `:${name}:` });
  const initials = (name ?? "?")
    .split(/[_\s]+/)
    .map((part) => part[0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();
  const properties = {
    role: "img",
    "aria-label": `:${name}:`,
    title: `:${name}:`,
    vars: { "--avatar": avatarColour(id) },
  };
  return h("span.custom-emoji", properties, h("b", {}, initials));
}

/** Whether a text is emoji and nothing else, so that it is shown large. */
export function onlyEmoji(nodes) {
  const inner = nodes.length === 1 && nodes[0].kind === "paragraph" ? nodes[0].children : [];
  const fits = inner.length > 0 &&
    inner.every((node) => node.kind === "emoji" || (node.kind === "text" && ONLY_EMOJI.test(node.text)));
  return fits && inner.reduce((sum, node) => sum + (node.kind === "emoji" ? 1 : [...node.text].length), 0) <= 30;
}
