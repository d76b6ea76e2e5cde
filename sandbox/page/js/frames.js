// What goes over the gateway, and the sessions on it.

import { fill, h, icon, reconcile } from "./dom.js";
import { ICONS } from "./icons.js";
import { request, state } from "./store.js";
import { attempt } from "./toast.js";
import { expandable, section } from "./traffic.js";

const OPS = {
  0: "DISPATCH",
  1: "HEARTBEAT",
  2: "IDENTIFY",
  3: "PRESENCE_UPDATE",
  4: "VOICE_STATE_UPDATE",
  6: "RESUME",
  7: "RECONNECT",
  8: "REQUEST_GUILD_MEMBERS",
  9: "INVALID_SESSION",
  10: "HELLO",
  11: "HEARTBEAT_ACK",
};
const BEATS = [1, 11];

/** The gateway tab. */
export function frames() {
  const beats = h("input", { type: "checkbox", onchange: () => draw() });
  const sessions = h("div.bar.sessions");
  const list = h("ul.traffic");
  const empty = h("p.empty", {}, "Nothing went over the gateway yet.");

  function draw() {
    const now = state.gateway.sessions.map(
      (one) =>
        `${nameOf(one.application_id)} · shard ${one.shard[0] + 1}/${one.shard[1]} ${
          one.connected ? "connected" : "away"
        }`,
    );
    fill(
      sessions,
      h("span.check", {}, now.join(" — ") || "No bot is connected."),
      h("span.spacer"),
      h("label.check", {}, beats, "heartbeats"),
    );
    const shown = state.frames.filter((one) => beats.checked || !BEATS.includes(one.op)).reverse();
    empty.hidden = shown.length > 0;
    reconcile(
      list,
      shown,
      (one) => one.n,
      (one) => one.n,
      (one) => expandable(line(one), () => details(one)),
    );
  }
  return {
    draw,
    element: [
      sessions,
      h("div.body.flush.scroll", { tabindex: 0, role: "region", "aria-label": "Gateway frames" }, empty, list),
    ],
  };
}

function nameOf(applicationId) {
  return state.about.applications.find((one) => one.id === applicationId)?.name ?? "?";
}

function line(one) {
  const from = one.direction === "in";
  return h(
    "button.line.frame-line",
    { type: "button", class: one.direction, "aria-expanded": "false", data: { focus: `f${one.n}` } },
    h(
      "span",
      { title: from ? "from the bot" : "to the bot" },
      icon(ICONS.right),
      h("span.unseen", {}, from ? "from the bot" : "to the bot"),
    ),
    h("span.path", {}, h("bdi", {}, one.name ?? OPS[one.op] ?? `op ${one.op}`)),
    h("span.ms", {}, one.s === null || one.s === undefined ? "" : `s ${one.s}`),
    h("span.ms", {}, one.size < 1024 ? `${one.size} B` : `${(one.size / 1024).toFixed(1)} KB`),
  );
}

async function details({ n }) {
  const result = await attempt(request("frame", { n }));
  return result && [section("Payload", result.frame.payload)];
}
