// One message in the log.

import { components, dots } from "./components.js";
import { h, icon } from "./dom.js";
import { embed } from "./embed.js";
import { emojiOf } from "./emoji.js";
import { ICONS } from "./icons.js";
import { attachment } from "./media.js";
import { openMenu } from "./menu.js";
import { avatar, botTag, channel, coloured, digest, displayName, member } from "./people.js";
import { appsFor, openProfile, userMenu } from "./profile.js";
import { rich } from "./rich.js";
import { channelMessages, request, state, useCommand } from "./store.js";
import { clockTime, headTime } from "./times.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const EPHEMERAL = 64;
const LOADING = 128;
const V2 = 32768;
const REPLY = 19;
const COMMAND = 20;
const CONTEXT_MENU = 23;
const MESSAGE_MENU = 3;

/** Whether only the acting user sees it. */
export function isEphemeral(message) {
  return Boolean(message.flags & EPHEMERAL);
}

/** Everything a message's look depends on, as a short text. */
export function markOf({ message, joined }, names) {
  const states = usesOf(message)
    .map((one) => one.state + one.custom_id)
    .join();
  return digest(JSON.stringify(message)) + Number(joined) + digest(states) + names + state.me.locale;
}

/** The first line above a message that answers something, or null. */
export function hasOrigin(message) {
  return message.type === REPLY || [COMMAND, CONTEXT_MENU].includes(message.type);
}

/** A message's row. `joined`: it follows another of the same author and shows no head of its own. */
export function messageRow({ message, joined }) {
  const ephemeral = isEphemeral(message);
  const me = state.me.user.id;
  const pinged = !ephemeral &&
    (message.mention_everyone ||
      message.mentions.some((one) => one.id === me) ||
      message.mention_roles.some((id) => member(me)?.roles.includes(id)));
  const row = h(
    "li.message",
    {
      class: [joined && "joined", ephemeral && "ephemeral", pinged && "pinged"].filter(Boolean).join(" "),
      data: { id: message.id },
      tabindex: -1,
    },
    hasOrigin(message) ? origin(message) : null,
    h(
      "div.side",
      {},
      joined ? h("span.stamp", { "aria-hidden": "true" }, clockTime(message.timestamp)) : avatar(message.author),
    ),
    h("div.body", {}, joined ? null : head(message), content(message), foot(message)),
    tools(message),
  );
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, textarea") || getSelection()?.toString()) return;
    event.preventDefault();
    const box = row.getBoundingClientRect();
    openActions(
      message,
      event.clientX ? { x: event.clientX, y: event.clientY } : { x: box.left + 60, y: box.top + 20 },
    );
  });
  return row;
}

function head(message) {
  const { author } = message;
  return h(
    "div.head",
    {},
    coloured("button.author", displayName(author), member(author.id)?.color, {
      type: "button",
      onclick: (event) => openProfile(author.id, event.currentTarget),
      oncontextmenu: (event) => {
        event.preventDefault();
        event.stopPropagation();
        userMenu(author.id, { x: event.clientX, y: event.clientY }, event.currentTarget);
      },
    }),
    author.bot ? botTag(t("App")) : null,
    headTime(message.timestamp),
  );
}

function content(message) {
  if (message.flags & LOADING) {
    return message.failed
      ? failed("The application did not respond")
      : h("div.thinking", { role: "status" }, dots(), `${displayName(message.author)} ${t("is thinking…")}`);
  }
  const edited = message.edited_timestamp ? h("span.edited", { title: message.edited_timestamp }, t("(edited)")) : null;
  const parts = [];
  if (message.content) {
    const text = rich(message.content, { large: true });
    if (edited) (text.lastElementChild?.tagName === "DIV" ? text.lastElementChild : text).append(edited);
    parts.push(text);
  }
  parts.push(message.attachments.filter((one) => !shownInside(message, one)).map(attachment));
  parts.push(message.embeds.map(embed));
  const laid = components(message);
  if (laid.length) parts.push(message.flags & V2 ? h("div.v2", {}, laid) : laid);
  if (!message.content && edited && !laid.length) parts.push(edited);
  if (message.reactions) parts.push(h("div.reactions", {}, message.reactions.map(reaction)));
  return parts;
}

/** Whether a file is already shown by an embed or a component. */
function shownInside(message, file) {
  return Boolean(message.flags & V2) || JSON.stringify(message.embeds).includes(JSON.stringify(file.url));
}

function reaction({ emoji, count, me }) {
  return h("span.reaction", { class: me ? "mine" : "" }, emojiOf(emoji), h("span", {}, String(count)));
}

function usesOf(message) {
  return [...state.interactions.values()].filter((one) => one.message_id === message.id && one.kind === "component");
}

function failed(phrase) {
  return h("div.failed", { role: "status" }, icon(ICONS.warning), t(phrase));
}

function foot(message) {
  const last = usesOf(message).at(-1);
  return [
    last?.state === "failed" ? failed("This interaction failed") : null,
    isEphemeral(message)
      ? h(
        "div.foot",
        {},
        icon(ICONS.eye),
        h("span", {}, t("Only you can see this")),
        " • ",
        h(
          "button",
          { type: "button", data: { focus: "dismiss" }, onclick: () => dismiss(message) },
          t("Dismiss message"),
        ),
      )
      : null,
  ];
}

function origin(message) {
  if (message.type === REPLY) {
    const to = channelMessages(message.channel_id).get(message.message_reference?.message_id) ??
      message.referenced_message;
    if (!to) return h("div.origin", {}, icon(ICONS.reply, "small"), h("i", {}, t("Original message was deleted")));
    return h(
      "div.origin",
      {},
      avatar(to.author, "tiny"),
      coloured("b", displayName(to.author), member(to.author.id)?.color),
      h("span.snippet", {}, to.content),
    );
  }
  const { user } = message.interaction_metadata;
  return h(
    "div.origin",
    {},
    avatar(user, "tiny"),
    coloured("b", displayName(user), member(user.id)?.color),
    " ",
    h("span", {}, t("used")),
    " ",
    h("span.command.snippet", {}, message.type === COMMAND ? `/${message.command}` : message.command),
  );
}

function dismiss(message) {
  attempt(request("dismiss", { channel_id: message.channel_id, message_id: message.id }));
}

function tools(message) {
  if (message.flags & LOADING) return null;
  return h(
    "div.tools",
    {},
    h(
      "button.icon-button",
      {
        type: "button",
        "aria-label": t("Message actions"),
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        data: { focus: "actions" },
        onclick: (event) => openActions(message, event.currentTarget),
      },
      icon(ICONS.more),
    ),
  );
}

function openActions(message, at) {
  const apps = appsFor(MESSAGE_MENU);
  const here = { channel_id: message.channel_id, message_id: message.id };
  const own = message.author.id === state.me.user.id;
  openMenu(
    at,
    [
      { label: t("Copy text"), run: () => navigator.clipboard?.writeText(message.content) },
      { label: t("Copy ID"), run: () => navigator.clipboard?.writeText(message.id) },
      ...(isEphemeral(message) ? [{ label: t("Dismiss message"), run: () => dismiss(message) }] : []),
      ...(!isEphemeral(message) && (own || channel()?.can_manage)
        ? [{ label: t("Delete message"), danger: true, run: () => attempt(request("delete_message", here)) }]
        : []),
      ...(apps.length ? ["rule", { heading: t("Apps") }] : []),
      ...apps.map((one) => ({
        label: one.name,
        icon: icon(ICONS.robot),
        run: () => attempt(useCommand("message_command", one.name, { ...here, command_id: one.id })),
      })),
    ],
    t("Message actions"),
  );
}
