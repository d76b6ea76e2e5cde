// The left: servers and direct messages, the channels of the one that is looked at, and who acts.

import { fill, h, icon, keepFocus } from "./dom.js";
import { ICONS } from "./icons.js";
import { avatar, botTag, displayName, guild, isText } from "./people.js";
import { look, request, state, subscribe, view } from "./store.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const VIEW_CHANNEL = 1024n;
const rail = document.querySelector(".rail");
const side = document.querySelector(".channels");

/** Draw the left side now and after every change. */
export function startSidebar() {
  subscribe(["guilds", "dms", "me", "view", "messages", "snapshot"], () => {
    keepFocus(rail, drawRail);
    const list = side.querySelector(".list");
    const at = list?.scrollTop ?? 0;
    keepFocus(side, drawSide);
    side.querySelector(".list").scrollTop = at;
  });
}

function drawRail() {
  rail.setAttribute("aria-label", t("Servers"));
  side.setAttribute("aria-label", t("Channels"));
  const dm = h(
    "button.guild",
    {
      type: "button",
      "aria-label": t("Direct messages"),
      title: t("Direct messages"),
      "aria-current": String(view.guildId === null),
      data: { focus: "dm" },
      onclick: () => look({ guildId: null, channelId: state.dms.find((one) => one.id)?.id ?? null }),
    },
    icon(ICONS.chat),
  );
  const guilds = state.guilds.map((one) =>
    h(
      "button.guild",
      {
        type: "button",
        "aria-label": one.name,
        title: one.name,
        "aria-current": String(view.guildId === one.id),
        data: { focus: one.id },
        onclick: () => enter(one),
      },
      one.name
        .split(/\s+/)
        .map((word) => word[0])
        .join("")
        .slice(0, 3),
    )
  );
  fill(rail, dm, h("div.rule"), guilds);
}

function enter(one) {
  const texts = one.channels.filter(isText);
  look({ guildId: one.id, channelId: (texts.find((text) => text.can_send) ?? texts[0])?.id ?? null });
}

function drawSide() {
  const here = view.guildId ? guild() : null;
  fill(
    side,
    h("div.title", {}, here ? here.name : t("Direct messages")),
    h("div.list.scroll", {}, here ? h("ul", {}, here.channels.map(row)) : h("ul", {}, state.dms.map(dmRow))),
    h(
      "div.me",
      {},
      avatar(state.me.user, "small"),
      h(
        "div.names",
        {},
        h("b", {}, displayName(state.me.user)),
        h("span", {}, `${state.me.user.username} · ${state.me.locale}`),
      ),
    ),
  );
}

function row(one) {
  if (one.type === 4) return h("li.category", {}, icon(ICONS.chevron), one.name);
  const hidden = one.permission_overwrites.some((rule) => rule.id === one.guild_id && BigInt(rule.deny) & VIEW_CHANNEL);
  const path = one.type === 2 ? ICONS.voice : one.type === 5 ? ICONS.news : hidden ? ICONS.lock : ICONS.hash;
  return h(
    "li",
    {},
    h(
      "button.channel",
      {
        type: "button",
        "aria-current": String(one.id === view.channelId),
        class: view.unread.has(one.id) ? "unread" : "",
        data: { focus: one.id },
        disabled: !isText(one),
        onclick: () => look({ channelId: one.id, nav: false }),
      },
      icon(path),
      h("span.label", {}, one.name),
    ),
  );
}

function dmRow({ id, user }) {
  return h(
    "li",
    {},
    h(
      "button.channel",
      {
        type: "button",
        "aria-current": String(id !== null && id === view.channelId),
        class: view.unread.has(id) ? "unread" : "",
        data: { focus: user.id },
        onclick: () => openDm(id, user.id),
      },
      avatar(user, "small"),
      h("span.label", {}, displayName(user)),
      user.bot ? botTag(t("App")) : null,
    ),
  );
}

async function openDm(id, userId) {
  const channelId = id ?? (await attempt(request("open_dm", { user_id: userId })))?.channel_id;
  if (channelId) look({ guildId: null, channelId, nav: false });
}
