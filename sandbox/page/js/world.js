// The world: members, roles and channels, and its beginning again.

import { fill, h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { openMenu } from "./menu.js";
import { avatar, guild, roleDot } from "./people.js";
import { openProfile } from "./profile.js";
import { request, state } from "./store.js";
import { attempt, toast } from "./toast.js";

const LOCALES = ["en-US", "en-GB", "ja", "de", "fr", "es-ES", "pt-BR", "zh-CN", "ko", "ru", "pl", "uk"];
const OUTSIDER = "outsider";

/** The tab of members. */
export function people() {
  const list = h("ul.things");
  const form = makeForm(
    [
      input("name", "Name", { required: true, maxlength: 32 }),
      choice(
        "locale",
        "Language",
        LOCALES.map((one) => [one, one]),
      ),
      h("label.check.wide", {}, h("input", { type: "checkbox", name: "pending" }), "has not passed the screening"),
    ],
    "Add a member",
    async ({ name, locale, pending }) => {
      await request("add_member", { name, locale, pending: pending === "on" });
      toast(`${name} joined.`);
    },
  );
  return tab(form, list, () => {
    const gone = state.people.filter((one) => one.kind === OUTSIDER);
    fill(list, guild()?.members.map(memberRow), gone.map(outsiderRow));
  });
}

function memberRow(one) {
  const { user } = one;
  const actions = (anchor) => [
    { label: "Roles …", run: () => openProfile(user.id, anchor) },
    ...(user.bot ? [] : [{ label: "Act as", run: () => attempt(request("act_as", { user_id: user.id })) }]),
    ...(one.pending
      ? [{ label: "Pass the screening", run: () => attempt(request("pass_screening", { user_id: user.id })) }]
      : []),
    ...(user.bot ? [] : [
      { heading: "Language" },
      ...["en-US", "ja"].map((locale) => ({
        label: locale,
        run: () => attempt(request("set_locale", { user_id: user.id, locale })),
      })),
    ]),
    "rule",
    one.communication_disabled_until
      ? { label: "End the time-out", run: () => attempt(request("time_out", { user_id: user.id, seconds: 0 })) }
      : { label: "Time out for a minute", run: () => attempt(request("time_out", { user_id: user.id, seconds: 60 })) },
    ...(one.owner ? [] : [{ label: "Kick", danger: true, run: () => attempt(request("kick", { user_id: user.id })) }]),
  ];
  const locale = state.people.find((person) => person.id === user.id)?.locale;
  return h(
    "li",
    {},
    avatar(user, "tiny"),
    h("span.name", {}, one.name, h("small", {}, user.bot ? "app" : `${user.username} · ${locale}`)),
    more(one.name, actions, `m${user.id}`),
  );
}

function outsiderRow(one) {
  const back = () => attempt(request("rejoin", { user_id: one.id }));
  return h(
    "li",
    {},
    h("span.name", {}, one.name, h("small", {}, "not in the server")),
    h("button.button.grey.little", { type: "button", onclick: back }, "Let in"),
  );
}

/** The tab of roles, highest first. */
export function roles() {
  const list = h("ul.things");
  const form = makeForm(
    [
      input("name", "Name", { required: true, maxlength: 100 }),
      input("color", "Colour", { type: "color", value: "#5865f2" }, ""),
      h("label.check.wide", {}, h("input", { type: "checkbox", name: "hoist" }), "shown apart in the list of members"),
    ],
    "Add a role",
    async ({ name, color, hoist }) => {
      await request("add_role", { name, color: parseInt(color.slice(1), 16), hoist: hoist === "on" });
      toast(`The role ${name} was added.`);
    },
  );
  return tab(form, list, () => fill(list, guild()?.roles.map(roleRow)));
}

function roleRow(role) {
  const everyone = role.id === guild().id;
  const ask = (op, fields) => () => attempt(request(op, { role_id: role.id, ...fields }));
  const grown = role.dangerous.includes("MANAGE_MESSAGES");
  const actions = () => [
    { label: "Move up", run: ask("move_role", { position: role.position + 1 }) },
    ...(role.position > 1 ? [{ label: "Move down", run: ask("move_role", { position: role.position - 1 }) }] : []),
    role.above_bot
      ? { label: "Place below the bot", run: ask("place_role", { above_bot: false }) }
      : { label: "Place above the bot", run: ask("place_role", { above_bot: true }) },
    {
      label: grown ? "Take Manage Messages" : "Give Manage Messages",
      run: ask("role_permission", { permission: "MANAGE_MESSAGES", granted: !grown }),
    },
    "rule",
    { label: "Delete", danger: true, run: ask("delete_role", {}) },
  ];
  return h(
    "li",
    {},
    roleDot(role.color),
    h("span.name", {}, role.name, h("small", {}, everyone ? "" : `${role.member_count}`)),
    role.above_bot && !everyone && !role.managed ? h("span.tag.warn", {}, "above the bot") : null,
    role.dangerous.length ? h("span.tag.soft", { title: role.dangerous.join(", ") }, "powerful") : null,
    everyone || role.managed ? null : more(role.name, actions, `r${role.id}`),
  );
}

/** The tab of channels. */
export function places() {
  const list = h("ul.things");
  const parents = h("select.field.little", { name: "parent_id", data: { focus: "parent" } });
  const form = makeForm(
    [
      input("name", "Name", { required: true, maxlength: 100 }),
      choice("type", "Kind", [
        ["0", "Text"],
        ["5", "Announcement"],
        ["4", "Category"],
      ]),
      h("label.wide", {}, "In", parents),
    ],
    "Add a channel",
    async ({ name, type, parent_id: parent }) => {
      await request("add_channel", {
        name,
        type: Number(type),
        ...(parent && type !== "4" ? { parent_id: parent } : {}),
      });
      toast(`The channel ${name} was added.`);
    },
  );
  return tab(form, list, () => {
    const all = guild()?.channels ?? [];
    const chosen = parents.value;
    fill(
      parents,
      h("option", { value: "" }, "no category"),
      all.filter((one) => one.type === 4).map((one) => h("option", { value: one.id }, one.name)),
    );
    parents.value = chosen;
    fill(list, all.map(channelRow));
  });
}

function channelRow(one) {
  const remove = () => attempt(request("delete_channel", { channel_id: one.id }));
  return h(
    "li",
    {},
    icon(one.type === 4 ? ICONS.chevron : ICONS.hash, "small"),
    h("span.name", {}, one.name),
    more(one.name, () => [{ label: "Delete", danger: true, run: remove }], `c${one.id}`),
  );
}

/** The tab that begins the world again. */
export function reset() {
  const where = h("div");
  const begin = async () => (await attempt(request("reset"))) && toast("The world is as it was at the start.");
  return {
    element: h(
      "div.body.scroll",
      {},
      h("h3", {}, "Begin again"),
      h(
        "p",
        {},
        "Members, roles, channels and messages become what they were at the start. Connected bots see an outage of the server " +
          "and its return; what they keep in their own database stays.",
      ),
      h("p", {}, " "),
      h("button.button.red", { type: "button", data: { focus: "reset" }, onclick: begin }, "Reset the world"),
      h("h3", {}, "For a bot"),
      where,
    ),
    draw() {
      const { about } = state;
      fill(
        where,
        h("p", {}, "Tell any bot this address in place of https://discord.com/api:"),
        h("p", {}, h("code", {}, about.api_url)),
        about.applications.map((app) => h("p", {}, `${app.name}: `, h("code", {}, app.token))),
      );
    },
  };
}

function more(name, entries, focus) {
  const button = h(
    "button.icon-button",
    {
      type: "button",
      "aria-label": `Actions: ${name}`,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { focus },
    },
    icon(ICONS.more, "small"),
  );
  button.addEventListener("click", () => openMenu(button, entries(button), name));
  return button;
}

function tab(form, list, draw) {
  return { element: h("div.body.scroll", {}, form, list), draw };
}

function input(name, label, properties = {}, styled = ".field.little") {
  return h("label", {}, label, h(`input${styled}`, { name, autocomplete: "off", ...properties }));
}

function choice(name, label, options) {
  return h(
    "label",
    {},
    label,
    h(
      "select.field.little",
      { name },
      options.map(([value, text]) => h("option", { value }, text)),
    ),
  );
}

function makeForm(fields, action, submit) {
  const form = h("form.grid", {}, fields, h("button.button.little.wide", { type: "submit" }, action));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await attempt(submit(Object.fromEntries(new FormData(form))).then(() => true))) form.reset();
  });
  return form;
}
