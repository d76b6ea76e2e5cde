// What this window knows: the server's sections, and what the user looks at. Views subscribe and draw themselves again.

import { Connection } from "./connection.js";
import { setNow } from "./times.js";
import { speak } from "./words.js";

const KEPT = 300; // exchanges and frames, as many as the server keeps
const WHOLE = ["about", "me", "people", "guilds", "dms", "commands", "buckets", "limits", "faults", "gateway"];
const APPENDED = ["exchanges", "frames"];

/** A window in which channels and members are drawers over the messages. */
export const NARROW = matchMedia("(max-width: 1000px)");

/** The server's sections as last told. Messages lie by channel and id. */
export const state = {
  ready: false,
  online: false,
  messages: new Map(),
  interactions: new Map(),
  exchanges: [],
  frames: [],
};
for (const name of WHOLE) state[name] = null;

/** What this window looks at; nobody else knows. `guildId` is null in direct messages. */
export const view = {
  guildId: null,
  channelId: null,
  drawer: null,
  nav: false,
  members: !NARROW.matches,
  unread: new Set(),
  sent: new Map(), // interaction id → what was sent: {name, channelId} of a slash command
  picks: new Map(), // "message:custom_id" → the options that were picked there
};

const listeners = [];

/** Call `draw(changed)` after every change that touches one of these sections ("view" is the window's own state). */
export function subscribe(sections, draw) {
  listeners.push({ sections: new Set(sections), draw });
}

/** Tell the views that these sections changed. */
export function changed(...sections) {
  for (const { sections: wanted, draw } of listeners) {
    if (sections.some((name) => wanted.has(name))) draw(sections);
  }
}

/** Change what this window looks at. */
export function look(changes) {
  Object.assign(view, changes);
  changed("view");
}

const connection = new Connection({
  address() {
    const url = new URL("/client", location.href);
    url.protocol = location.protocol.replace("http", "ws");
    const user = new URLSearchParams(location.search).get("user");
    if (user) url.searchParams.set("user", user);
    return url.href;
  },
  onframe(frame) {
    if (frame.type === "snapshot") takeSnapshot(frame);
    else takeUpdate(frame);
  },
  onstate(open) {
    state.online = open;
    changed("online");
  },
});

/** Begin to talk with the server. */
export function connect() {
  connection.open();
}

/** Ask the server for something. Rejects with RequestError. */
export function request(op, fields) {
  return connection.request(op, fields);
}

/** Use a command: like request, and the log shows it until it is answered. `name` is how it is called there. */
export async function useCommand(op, name, fields) {
  const { interaction_id: id } = await request(op, fields);
  view.sent.set(id, { name, channelId: fields.channel_id });
  changed("view");
}

function takeSnapshot(frame) {
  const before = state.me?.user.id;
  state.messages.clear();
  state.interactions.clear();
  state.exchanges = [];
  state.frames = [];
  merge(frame);
  state.ready = true;
  if (before !== state.me.user.id) {
    view.unread.clear();
    view.picks.clear();
    view.sent.clear();
  }
  rememberUser();
  settle();
  changed("snapshot", ...WHOLE, ...APPENDED, "messages", "interactions", "view");
}

function takeUpdate(frame) {
  merge(frame);
  const sections = Object.keys(frame).filter((name) => name !== "type" && name !== "now");
  if (sections.includes("gone")) sections.push("messages");
  if (sections.includes("guilds") || sections.includes("dms")) settle();
  for (const message of frame.messages ?? []) noteUnread(message);
  changed(...sections);
}

function merge(frame) {
  setNow(frame.now);
  for (const name of WHOLE) if (name in frame) state[name] = frame[name];
  for (const name of APPENDED) if (name in frame) state[name] = [...state[name], ...frame[name]].slice(-KEPT);
  for (const message of frame.messages ?? []) channelMessages(message.channel_id).set(message.id, message);
  for (const { channel_id, id } of frame.gone ?? []) channelMessages(channel_id).delete(id);
  for (const one of frame.interactions ?? []) state.interactions.set(one.id, one);
  if (frame.me) speak(frame.me.locale);
}

/** The messages of a channel by id. */
export function channelMessages(channelId) {
  if (!state.messages.has(channelId)) state.messages.set(channelId, new Map());
  return state.messages.get(channelId);
}

function noteUnread(message) {
  const own = message.author.id === state.me.user.id;
  if (message.channel_id !== view.channelId && !own && !message.edited_timestamp) view.unread.add(message.channel_id);
}

/** Look at something that exists: the same channel if it is still there, else the first one in which one can write. */
function settle() {
  const dm = state.dms.find((one) => one.id && one.id === view.channelId);
  if (dm) return;
  const guild = state.guilds.find((one) => one.id === view.guildId) ?? state.guilds[0];
  view.guildId = guild?.id ?? null;
  const texts = guild?.channels.filter((one) => one.type === 0 || one.type === 5) ?? [];
  if (texts.some((one) => one.id === view.channelId)) return;
  view.channelId = (texts.find((one) => one.can_send) ?? texts[0])?.id ?? null;
}

function rememberUser() {
  const url = new URL(location.href);
  if (url.searchParams.get("user") === state.me.user.username) return;
  url.searchParams.set("user", state.me.user.username);
  history.replaceState(null, "", url);
}
