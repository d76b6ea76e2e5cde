// Looking things up: who and what an id means for the acting user, and how a person is drawn.

import { avatarColour, css, nameColours } from "./colours.js";
import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { state, view } from "./store.js";

/** The guild that is looked at, or the first one while in direct messages; null when the user is in none. */
export function guild() {
  return state.guilds.find((one) => one.id === view.guildId) ?? state.guilds[0] ?? null;
}

/** The channel that is looked at: a guild's, or {type: 1, …} for direct messages. */
export function channel() {
  return findChannel(view.channelId);
}

/** A channel or DM by id. */
export function findChannel(id) {
  if (!id) return null;
  const found = state.guilds.flatMap((one) => one.channels).find((one) => one.id === id);
  if (found) return found;
  const dm = state.dms.find((one) => one.id === id);
  return dm
    ? { id, type: 1, name: displayName(dm.user), user: dm.user, can_send: true, can_attach: true, can_manage: false }
    : null;
}

/** A member of the guild by user id. */
export function member(id) {
  return guild()?.members.find((one) => one.user.id === id) ?? null;
}

/** A role of the guild by id. */
export function role(id) {
  return guild()?.roles.find((one) => one.id === id) ?? null;
}

/** What a user is called here. */
export function displayName(user) {
  return member(user.id)?.name ?? user.global_name ?? user.username;
}

/** Whether this channel is one to read in. */
export function isText(one) {
  return one.type === 0 || one.type === 5;
}

/** A round picture: the first letter of the name, or a robot. */
export function avatar(user, size = "") {
  const drawn = user.bot ? icon(ICONS.robot) : [...displayName(user)][0]?.toUpperCase();
  return h("span.avatar", { class: size, "aria-hidden": "true", vars: { "--avatar": avatarColour(user.id) } }, drawn);
}

/** A name in the colour of the user's highest coloured role. */
export function coloured(tag, name, colour, properties = {}) {
  return h(`${tag}.named`, { ...properties, vars: nameColours(colour) }, name);
}

/** A dot in a role's own colour. */
export function roleDot(colour) {
  return h("span.dot", { "aria-hidden": "true", vars: colour ? { "--dot": css(colour) } : {} });
}

/** "App" beside a bot's name. */
export function botTag(text) {
  return h("span.tag", {}, text);
}

/** A short text that changes whenever a name or colour in the guild does. */
export function namesMark() {
  const here = guild();
  if (!here) return "";
  const parts = [
    here.roles.map((r) => r.name + r.color),
    here.members.map((m) => m.name + m.color),
    here.channels.map((c) => c.name),
  ];
  return digest(parts.flat().join("\n"));
}

/** A short fingerprint of a text. */
export function digest(text) {
  let value = 5381;
  for (let i = 0; i < text.length; i += 1) value = ((value * 33) ^ text.charCodeAt(i)) >>> 0;
  return value.toString(36);
}
