// The bar at the top: who acts, the theme, and the doors to what lies behind the scenes.

import { avatarColour } from "./colours.js";
import { fill, h, icon, keepFocus } from "./dom.js";
import { ICONS } from "./icons.js";
import { avatar, displayName } from "./people.js";
import { openPicker } from "./picker.js";
import { look, request, state, subscribe, view } from "./store.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const KINDS = {
  owner: "Owner",
  admin: "Admin",
  moderator: "Moderator",
  member: "Member",
  newcomer: "Newcomer",
  outsider: "Not in the server",
};
const ORDER = Object.keys(KINDS);
const bar = document.querySelector(".topbar");
const wanted = matchMedia("(prefers-color-scheme: dark)");

/** Draw the bar now and after every change. */
export function startTopbar() {
  const stored = localStorage.getItem("theme");
  if (stored) document.documentElement.dataset.theme = stored;
  wanted.addEventListener("change", () => draw());
  subscribe(["people", "me", "view", "faults", "guilds", "snapshot"], () => keepFocus(bar, draw));
}

function isDark() {
  return (document.documentElement.dataset.theme ?? (wanted.matches ? "dark" : "light")) === "dark";
}

function draw() {
  if (!state.ready) return;
  document.querySelector(".skip").textContent = t("Skip to writing");
  const theme = t(isDark() ? "Light theme" : "Dark theme");
  fill(
    bar,
    h("div.brand", {}, icon(ICONS.chat), h("span.words", {}, "Sandbox")),
    h("div.spacer"),
    acting(),
    h("div.spacer"),
    h(
      "div.tools",
      {},
      h(
        "button.icon-button",
        { type: "button", "aria-label": theme, title: theme, data: { focus: "theme" }, onclick: toggleTheme },
        icon(isDark() ? ICONS.sun : ICONS.moon),
      ),
      tool("scenes", t("Behind the scenes"), ICONS.pulse, state.faults.length),
      tool("world", t("World"), ICONS.globe),
    ),
  );
}

function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", theme);
  document.documentElement.dataset.theme = theme;
  keepFocus(bar, draw);
}

function tool(name, label, path, count = 0) {
  const open = view.drawer === name;
  return h(
    "button.tool",
    {
      type: "button",
      "aria-expanded": String(open),
      "aria-controls": "drawer",
      "aria-label": count ? `${label}: ${count}` : label,
      title: label,
      data: { focus: name },
      onclick: () => look({ drawer: open ? null : name }),
    },
    icon(path),
    h("span.words", {}, label),
    count ? h("span.badge", {}, String(count)) : null,
  );
}

function acting() {
  const { user } = state.me;
  const kind = state.people.find((one) => one.id === user.id)?.kind ?? "member";
  const button = h(
    "button.acting",
    {
      type: "button",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-label": `${t("Acting as")} ${displayName(user)}`,
      data: { focus: "acting" },
    },
    avatar(user),
    h("span.caption", {}, t("Acting as")),
    h("span.who", {}, displayName(user)),
    h("span.tag.soft", {}, t(KINDS[kind])),
    icon(ICONS.chevron, "small"),
  );
  button.addEventListener("click", () =>
    openPicker(button, {
      label: t("Act as"),
      width: 320,
      load: people,
      selected: [{ value: user.id }],
      onpick: ([option]) => attempt(request("act_as", { user_id: option.value })),
    }));
  return button;
}

function people(query) {
  const found = state.people.filter((one) => `${one.name} ${one.username}`.toLowerCase().includes(query.toLowerCase()));
  found.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return found.map((one) => ({
    value: one.id,
    label: one.name,
    kind: "user",
    group: t(KINDS[one.kind]),
    detail: `${one.username} · ${one.locale}`,
    picture: () =>
      h("span.avatar.small", { "aria-hidden": "true", vars: { "--avatar": avatarColour(one.id) } }, [...one.name][0]),
  }));
}
