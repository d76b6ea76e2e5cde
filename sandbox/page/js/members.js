// The right: members under the roles that stand apart in the list.

import { fill, h, icon, keepFocus } from "./dom.js";
import { ICONS } from "./icons.js";
import { avatar, botTag, channel, coloured, guild, role } from "./people.js";
import { openProfile, userMenu } from "./profile.js";
import { state, subscribe, view } from "./store.js";
import { t } from "./words.js";

const list = document.querySelector(".members");
const frame = document.querySelector(".frame");

/** Draw the members now and after every change. */
export function startMembers() {
  subscribe(["guilds", "view", "me", "snapshot"], () => {
    frame.classList.toggle("members-open", view.members);
    frame.classList.toggle("nav-open", view.nav);
    keepFocus(list, draw);
  });
}

function draw() {
  list.setAttribute("aria-label", t("Members"));
  const here = view.guildId ? guild() : null;
  list.hidden = !here || channel()?.type === 1;
  if (!here) return fill(list);
  const groups = new Map();
  for (const one of here.members) {
    const key = one.hoist_role_id ?? "";
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const order = [...here.roles.map((one) => one.id), ""].filter((id) => groups.has(id));
  return fill(
    list,
    order.map((id) => group(id, groups.get(id))),
  );
}

function group(id, members) {
  const name = id ? role(id).name : t("Online");
  return [h("h2", {}, `${name} — ${members.length}`), h("ul", {}, members.map(row))];
}

function row(one) {
  const { user } = one;
  return h(
    "li",
    {},
    h(
      "button.member",
      {
        type: "button",
        class: one.pending ? "pending" : "",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        data: { focus: user.id, user: user.username },
        onclick: (event) => openProfile(user.id, event.currentTarget),
        oncontextmenu: (event) => {
          event.preventDefault();
          userMenu(user.id, { x: event.clientX, y: event.clientY }, event.currentTarget);
        },
      },
      avatar(user, "small"),
      coloured("span.name", one.name, one.color),
      one.owner ? h("span", { title: t("Owner") }, icon(ICONS.crown, "crown"), h("span.unseen", {}, t("Owner"))) : null,
      user.bot ? botTag(t("App")) : null,
      one.pending ? h("span.tag.warn", {}, t("Pending")) : null,
      user.id === state.me.user.id ? h("span.unseen", {}, t("Acting as")) : null,
    ),
  );
}
