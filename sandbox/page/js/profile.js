// What is behind a name: a card with roles, apps for this user, and what the sandbox can do to them.

import { avatarColour, css } from "./colours.js";
import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { openMenu } from "./menu.js";
import { avatar, botTag, guild, member, role } from "./people.js";
import { among, openPicker } from "./picker.js";
import { openPopup } from "./popup.js";
import { actions } from "./rich.js";
import { look, request, state, useCommand, view } from "./store.js";
import { dayName } from "./times.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const USER_MENU = 2;

actions.profile = openProfile;

/** The context-menu commands of a type that the client offers in this channel. */
export function appsFor(type) {
  return state.commands.filter((one) => one.type === type && one.channel_ids.includes(view.channelId));
}

function useApp(command, userId) {
  return useCommand("user_command", command.name, {
    channel_id: view.channelId,
    command_id: command.id,
    user_id: userId,
  });
}

/** Open the card of a user next to what was clicked. */
export function openProfile(userId, anchor) {
  const found = member(userId);
  if (!found) return;
  const { user } = found;
  const popup = openPopup(
    anchor,
    h("div.profile", { vars: { "--avatar": avatarColour(user.id) } }, h("div.band"), inner()),
    { label: found.name },
  );

  function inner() {
    return h(
      "div.inner",
      {},
      avatar(user, "large"),
      h(
        "div",
        {},
        h("h2", {}, found.name, " ", user.bot ? botTag(t("App")) : null),
        h("div.user-name", {}, user.username),
      ),
      found.pending ? h("div", {}, h("span.tag.warn", {}, t("Pending"))) : null,
      h("h3", {}, t("Roles")),
      h(
        "div.pills",
        {},
        found.roles.map((id) => rolePill(userId, role(id))),
        addRole(),
      ),
      h("h3", {}, t("Member since")),
      h("div.user-name", {}, dayName(found.joined_at)),
      h("div.actions", {}, buttons()),
    );
  }

  function buttons() {
    const act = (label, op, fields, style = "grey") =>
      h(`button.button.little.${style}`, { type: "button", onclick: () => run(request(op, fields)) }, label);
    const mine = state.me.user.id === userId;
    return [
      user.bot ? h("button.button.little", { type: "button", onclick: () => message(userId) }, t("Message")) : null,
      !user.bot && !mine ? act(t("Act as this user"), "act_as", { user_id: userId }, "blue") : null,
      found.pending ? act(t("Pass the screening"), "pass_screening", { user_id: userId }) : null,
      appsFor(USER_MENU).map((one) =>
        h("button.button.little.grey", { type: "button", onclick: () => run(useApp(one, userId)) }, one.name)
      ),
    ];
  }

  function rolePill(id, held) {
    if (!held) return null;
    const take = held.managed ? null : h(
      "button",
      {
        type: "button",
        "aria-label": `${t("Remove")}: ${held.name}`,
        onclick: () => run(request("take_role", { user_id: id, role_id: held.id })),
      },
      icon(ICONS.close, "small"),
    );
    return h(
      "span.pill",
      { vars: held.color ? { "--dot": css(held.color) } : {} },
      h("span.dot", { "aria-hidden": "true" }),
      held.name,
      take,
    );
  }

  function addRole() {
    const button = h(
      "button.pill",
      { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": `${t("Roles")} +` },
      icon(ICONS.plus, "small"),
    );
    button.addEventListener("click", () => {
      const free = guild().roles.filter(
        (one) => one.id !== guild().id && !one.managed && !found.roles.includes(one.id),
      );
      openPicker(button, {
        label: t("Roles"),
        width: 240,
        load: among(free.map((one) => ({ value: one.id, label: one.name, color: one.color, kind: "role" }))),
        onpick: ([option]) => run(request("give_role", { user_id: userId, role_id: option.value })),
      });
    });
    return button;
  }

  function run(promise) {
    popup.close();
    attempt(promise);
  }

  async function message(botId) {
    popup.close();
    const result = await attempt(request("open_dm", { user_id: botId }));
    if (result) look({ guildId: null, channelId: result.channel_id, nav: false });
  }
}

/** The context menu of a user. */
export function userMenu(userId, at, anchor) {
  const apps = appsFor(USER_MENU);
  openMenu(
    at,
    [
      { label: t("Copy ID"), run: () => navigator.clipboard?.writeText(userId) },
      ...(member(userId) ? [{ label: t("Roles"), run: () => openProfile(userId, anchor) }] : []),
      ...(apps.length ? ["rule", { heading: t("Apps") }] : []),
      ...apps.map((one) => ({
        label: one.name,
        icon: icon(ICONS.robot),
        run: () => attempt(useApp(one, userId)),
      })),
    ],
    member(userId)?.name ?? userId,
  );
}
