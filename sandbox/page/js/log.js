// The middle of the page: the head of the channel and its messages.

import { dots } from "./components.js";
import { fill, h, icon, reconcile } from "./dom.js";
import { ICONS } from "./icons.js";
import { parse, plain } from "./markdown.js";
import { hasOrigin, isEphemeral, markOf, messageRow } from "./message.js";
import { avatar, channel, displayName, namesMark } from "./people.js";
import { rich } from "./rich.js";
import { changed, channelMessages, look, state, subscribe, view } from "./store.js";
import { dayName, sameDay } from "./times.js";
import { t } from "./words.js";

const TOGETHER = 7 * 60 * 1000;
const NEAR_END = 120;

const log = document.querySelector(".log");
const rows = document.querySelector(".log .rows");
const head = document.querySelector(".chat-head");
const heard = document.querySelector("#heard");
const welcome = document.querySelector(".log .welcome");
let shown = null;
let atEnd = true;

/** Draw the channel now and after every change. */
export function startLog() {
  subscribe(["messages", "guilds", "dms", "interactions", "view", "me", "snapshot"], draw);
  subscribe(["messages"], () => announce());
  // Whoever reads the end goes on reading it when the window or the composer changes its size.
  new ResizeObserver(() => atEnd && toEnd()).observe(log);
  log.addEventListener("scroll", () => (atEnd = isAtEnd()));
}

function isAtEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

function draw() {
  const here = channel();
  const moved = shown !== view.channelId;
  const follow = moved || isAtEnd();
  log.setAttribute("aria-label", t("Messages"));
  drawHead(here);
  if (view.channelId) view.unread.delete(view.channelId);
  const names = namesMark();
  reconcile(rows, here ? items() : [], keyOf, (item) => markItem(item, names), drawItem);
  if (moved) drawWelcome(here);
  shown = view.channelId;
  if (follow) toEnd();
}

/** Bring a message of this channel before the eyes. */
export function showMessage(id) {
  const row = rows.querySelector(`[data-id="${CSS.escape(id)}"]`);
  row?.scrollIntoView({ block: "center" });
  row?.focus({ preventScroll: true });
  row?.animate([{ backgroundColor: "var(--ping)" }, {}], { duration: 1500 });
}

function drawHead(here) {
  const name = here ? here.name : t("You do not see any channel here.");
  const title = h("h1", {}, here?.type === 1 ? avatar(here.user, "small") : icon(ICONS.hash), h("span", {}, name));
  const menu = h(
    "button.icon-button.only-narrow",
    {
      type: "button",
      "aria-label": t("Channels"),
      "aria-expanded": String(view.nav),
      data: { focus: "nav" },
      onclick: () => look({ nav: !view.nav, members: false }),
    },
    icon(ICONS.menu),
  );
  const members = h(
    "button.icon-button.toggle-members",
    {
      type: "button",
      "aria-label": t("Members"),
      "aria-expanded": String(view.members),
      data: { focus: "members" },
      onclick: () => look({ members: !view.members, nav: false }),
    },
    icon(ICONS.people),
  );
  const mark = [name, here?.topic, view.nav, view.members, state.me?.locale].join("\n");
  reconcile(
    head,
    [mark],
    () => "head",
    () => mark,
    () =>
      h(
        "div.inside",
        {},
        menu,
        title,
        here?.topic ? h("span.topic", {}, plain(parse(here.topic))) : null,
        h("span.spacer"),
        here?.type === 1 ? null : members,
      ),
  );
}

function drawWelcome(here) {
  if (!here) return fill(welcome);
  const start = here.type === 1
    ? t("Start of your conversation with {name}", { name: here.name })
    : t("Start of #{channel}", { channel: here.name });
  return fill(
    welcome,
    h("div.mark", {}, icon(here.type === 1 ? ICONS.chat : ICONS.hash)),
    h("h2", {}, start),
    h("p", {}, here.topic || t("This is where the channel begins.")),
  );
}

/** Messages with the days between them, then what this window sent and waits for. */
function items() {
  const out = [];
  let before = null;
  const sorted = [...channelMessages(view.channelId).values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  for (const message of sorted) {
    if (before && !sameDay(before.timestamp, message.timestamp)) {
      out.push({ day: message.timestamp });
      before = null;
    }
    out.push({ message, joined: joins(before, message) });
    before = message;
  }
  for (const [id, sent] of view.sent) {
    const one = state.interactions.get(id);
    if (
      sent.channelId === view.channelId &&
      one &&
      (one.state === "pending" || (one.state === "failed" && !answered(one)))
    ) {
      out.push({ sent, one });
    }
  }
  return out;
}

/** Whether an interaction got as far as a message that shows its end by itself. */
function answered(one) {
  return one.reply !== null;
}

function joins(before, message) {
  if (
    !before ||
    hasOrigin(message) ||
    before.author.id !== message.author.id ||
    isEphemeral(before) ||
    isEphemeral(message)
  ) {
    return false;
  }
  return Date.parse(message.timestamp) - Date.parse(before.timestamp) < TOGETHER;
}

function keyOf(item) {
  return item.message?.id ?? item.day ?? item.one.id;
}

function markItem(item, names) {
  if (item.message) return markOf(item, names);
  return item.day ?? item.one.state + state.me.locale;
}

function drawItem(item) {
  if (item.message) return messageRow(item);
  if (item.day) return h("li.day", {}, h("span", {}, dayName(item.day)));
  return sentRow(item);
}

function sentRow({ sent, one }) {
  const { user } = state.me;
  const dismiss = () => {
    view.sent.delete(one.id);
    changed("view");
  };
  const body = one.state === "pending" ? h("div.thinking", {}, dots(), t("Sending command…")) : [
    h("div.failed", { role: "status" }, icon(ICONS.warning), t("The application did not respond")),
    h(
      "div.foot",
      {},
      icon(ICONS.eye),
      t("Only you can see this"),
      " • ",
      h("button", { type: "button", onclick: dismiss }, t("Dismiss message")),
    ),
  ];
  return h(
    "li.message.sent",
    { class: one.state === "failed" ? "ephemeral" : "waiting" },
    h("div.side", {}, avatar(user)),
    h(
      "div.body",
      {},
      h("div.head", {}, h("b.author", {}, displayName(user)), h("span.stamp", {}, `${t("used")} ${sent.name}`)),
      body,
    ),
  );
}

/** Say new messages of this channel to a screen reader: who and what, once each. */
let lastHeard = null;
function announce() {
  const ids = [...channelMessages(view.channelId).keys()].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const last = channelMessages(view.channelId).get(ids.at(-1));
  const mark = last && `${last.id}${last.edited_timestamp}${last.flags}`;
  if (mark === lastHeard) return;
  const known = lastHeard !== null && shown === view.channelId;
  lastHeard = mark;
  if (!last || !known || last.author.id === state.me.user.id) return;
  const name = displayName(last.author);
  const text = last.flags & 128
    ? t("is thinking…")
    : [last.content, ...last.embeds.flatMap((one) => [one.title, one.description])].filter(Boolean).join(". ");
  heard.textContent = `${name}: ${rich(text).textContent}`;
}
