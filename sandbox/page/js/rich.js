// Markdown's tree as elements.

import { css, nameColours } from "./colours.js";
import { h } from "./dom.js";
import { customEmoji, onlyEmoji } from "./emoji.js";
import { parse } from "./markdown.js";
import { findChannel, member, role } from "./people.js";
import { state } from "./store.js";
import { timestamp } from "./times.js";
import { t } from "./words.js";

const JUMP = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?$/;

/** Actions that mentions start; the parts that own them set them, so that text needs to know neither. */
export const actions = { profile() {}, channel() {}, command() {} };

/** A text as Discord renders it. `large` shows a message of emoji alone in large. */
export function rich(text, { large = false, tag = "div" } = {}) {
  const nodes = parse(text);
  return h(`${tag}.text`, { class: large && onlyEmoji(nodes) ? "jumbo" : "" }, blocks(nodes));
}

/** One line of text: the same without blocks of its own. */
export function richLine(text) {
  return parse(text).flatMap((node) => draw(node.kind === "paragraph" ? { ...node, kind: "inline" } : node));
}

function blocks(nodes) {
  return nodes.map((node) => draw(node));
}

function all(nodes) {
  return nodes.flatMap((node) => draw(node));
}

const DRAW = {
  text: (node) => node.text,
  inline: (node) => all(node.children),
  paragraph: (node) => h("div", {}, all(node.children)),
  header: (node) => h(`h${node.level}`, { role: "heading", "aria-level": node.level + 2 }, all(node.children)),
  subtext: (node) => h("div.subtext", {}, all(node.children)),
  quote: (node) => h("blockquote", {}, blocks(node.children)),
  codeblock: (node) => h("pre", { tabindex: 0 }, h("code", { data: { language: node.language || null } }, node.text)),
  list: (node) => h(node.start === null ? "ul" : "ol", { start: node.start }, all(node.children)),
  item: (node) => h("li", {}, all(node.children)),
  strong: (node) => h("strong", {}, all(node.children)),
  em: (node) => h("em", {}, all(node.children)),
  underline: (node) => h("u", {}, all(node.children)),
  strike: (node) => h("s", {}, all(node.children)),
  code: (node) => h("code", {}, node.text),
  spoiler: (node) => spoiler(h("span", {}, all(node.children))),
  link: (node) =>
    jump(node) ??
      h(
        "a",
        { href: node.href, title: node.title || null, target: "_blank", rel: "noopener noreferrer" },
        all(node.children),
      ),
  emoji: (node) => customEmoji(node),
  time: (node) => timestamp(node.at, node.style),
  everyone: (node) => h("span.mention", {}, `@${node.name}`),
  place: (node) => h("span.mention", {}, `#${node.name}`),
  user: (node) => userMention(node.id),
  role: (node) => roleMention(node.id),
  channel: (node) => channelMention(node.id),
  command: (node) =>
    h("button.mention", { type: "button", onclick: () => actions.command(node.id, node.name) }, `/${node.name}`),
};

function draw(node) {
  return DRAW[node.kind](node);
}

function spoiler(content) {
  const properties = { role: "button", tabindex: 0, "aria-expanded": "false", "aria-label": t("Spoiler") };
  const element = h("span.spoiler", properties, content);
  const reveal = (event) => {
    if (
      element.getAttribute("aria-expanded") === "true" ||
      (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")
    ) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
    element.setAttribute("aria-expanded", "true");
  };
  element.addEventListener("click", reveal);
  element.addEventListener("keydown", reveal);
  return element;
}

function userMention(id) {
  const name = member(id)?.name ?? state.people.find((one) => one.id === id)?.name;
  if (!name) return h("span.mention", {}, `@${t("Unknown user")}`);
  return h(
    "button.mention",
    { type: "button", onclick: (event) => actions.profile(id, event.currentTarget) },
    `@${name}`,
  );
}

function roleMention(id) {
  const found = role(id);
  if (!found) return h("span.mention", {}, `@${t("Deleted role")}`);
  const tint = found.color ? { ...nameColours(found.color), "--tint": `${css(found.color)}1c` } : {};
  return h("span.mention.role", { vars: tint }, `@${found.name}`);
}

/** A link to a channel or message of this server, as the client shows it; null for any other link. */
function jump({ href, children }) {
  const [, channelId, messageId] = JUMP.exec(href) ?? [];
  const found = channelId && findChannel(channelId);
  if (!found) return null;
  const bare = children.length === 1 && children[0].text === href;
  const content = bare ? [`#${found.name}`, messageId ? " › 💬" : ""] : all(children);
  return h(
    bare ? "button.mention" : "button.link",
    { type: "button", onclick: () => actions.channel(channelId, messageId) },
    content,
  );
}

function channelMention(id) {
  const found = findChannel(id);
  if (!found) return h("span.mention", {}, `#${t("unknown")}`);
  return h("button.mention", { type: "button", onclick: () => actions.channel(id) }, `#${found.name}`);
}
