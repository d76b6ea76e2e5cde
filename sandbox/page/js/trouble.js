// Switches for trouble: faults of REST, of the gateway, and of the bot's standing in the server.

import { fill, h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { guild } from "./people.js";
import { request, state } from "./store.js";
import { attempt } from "./toast.js";

const ROLE_CHANGES = { route: "*/members/*" };
const PRESETS = [
  [
    "Role changes are rate-limited",
    "429 with retry_after 3 s",
    { kind: "status", ...ROLE_CHANGES, status: 429, retry_after: 3 },
  ],
  ["Role changes fail at Discord", "500 Internal Server Error", { kind: "status", ...ROLE_CHANGES, status: 500 }],
  [
    "Role changes are forbidden",
    "403, code 50013 Missing Permissions",
    { kind: "status", ...ROLE_CHANGES, status: 403, code: 50013 },
  ],
  [
    "Role changes take effect, the answer is lost",
    "the connection is cut afterwards",
    { kind: "drop_after", ...ROLE_CHANGES },
  ],
  [
    "First answers are lost on the way",
    "the callback's connection is cut before it acts",
    { kind: "drop_before", route: "*/callback" },
  ],
  ["Everything is slow", "two seconds on every request", { kind: "latency", seconds: 2 }],
  [
    "Everything fails now and then",
    "every fifth request is answered 503",
    { kind: "status", status: 503, probability: 0.2 },
  ],
  ["REST hangs", "requests wait until this is switched off", { kind: "freeze" }],
];
const GATEWAY = [
  ["Drop the connections", "drop"],
  ["Ask to reconnect (op 7)", "reconnect"],
  ["Invalidate the sessions (op 9)", "invalidate"],
];
const KINDS = ["status", "latency", "drop_before", "drop_after", "freeze"];

/** The tab of trouble. */
export function trouble() {
  const element = h("div.body.scroll");
  const bot = h("div");
  const rest = h("div");
  const gateway = h("div");
  const rules = h("div");
  fill(
    element,
    h("h3", {}, "The bot in this server"),
    bot,
    h("h3", {}, "REST"),
    rest,
    own(),
    rules,
    h("h3", {}, "Gateway"),
    gateway,
  );
  return {
    element,
    draw() {
      fill(bot, botSwitches());
      fill(
        rest,
        PRESETS.map(([label, detail, rule]) => preset(label, detail, rule)),
      );
      fill(rules, others());
      fill(gateway, gatewaySwitches());
    },
  };
}

function toggle({ label, detail, on, hits = null, change, focus }) {
  const input = h("input", {
    type: "checkbox",
    role: "switch",
    checked: on,
    data: { focus },
    onchange: () => change(input.checked),
  });
  return h(
    "label.switch-row",
    {},
    h("span.words", {}, h("b", {}, label), h("span", {}, detail)),
    hits ? h("span.hits", {}, `struck ${hits}×`) : null,
    input,
  );
}

/** The rule in force that a preset put there. */
function inForce(rule) {
  const same = (fault) => Object.entries(rule).every(([name, value]) => fault[name] === value);
  return state.faults.find(
    (fault) =>
      same(fault) &&
      fault.count === null &&
      (rule.route ?? "*") === fault.route &&
      fault.probability === (rule.probability ?? 1),
  );
}

function preset(label, detail, rule) {
  const fault = inForce(rule);
  const change = (on) => attempt(on ? request("fault_add", rule) : request("fault_remove", { fault_id: fault.id }));
  return toggle({ label, detail, on: Boolean(fault), hits: fault?.hits, change, focus: label });
}

function others() {
  const known = PRESETS.map(([, , rule]) => inForce(rule)).filter(Boolean);
  const rest = state.faults.filter((fault) => !known.includes(fault));
  if (!rest.length) return null;
  return h(
    "ul.things",
    {},
    rest.map((fault) =>
      h(
        "li",
        {},
        h(
          "span.name",
          {},
          `${fault.kind} ${fault.method} ${fault.route}`,
          h("small", {}, `struck ${fault.hits}×${fault.count === null ? "" : ` of ${fault.count}`}`),
        ),
        h(
          "button.icon-button",
          {
            type: "button",
            "aria-label": `Take back: ${fault.kind} ${fault.route}`,
            onclick: () => attempt(request("fault_remove", { fault_id: fault.id })),
          },
          icon(ICONS.close, "small"),
        ),
      )
    ),
  );
}

function own() {
  const input = (name, label, properties = {}) =>
    h("label", {}, label, h("input.field.little", { name, ...properties }));
  const form = h(
    "form.grid",
    {},
    h(
      "label",
      {},
      "What happens",
      h(
        "select.field.little",
        { name: "kind" },
        KINDS.map((kind) => h("option", { value: kind }, kind)),
      ),
    ),
    h(
      "label",
      {},
      "Method",
      h(
        "select.field.little",
        { name: "method" },
        ["*", "GET", "POST", "PUT", "PATCH", "DELETE"].map((one) => h("option", { value: one }, one)),
      ),
    ),
    input("route", "Route (a pattern)", { value: "*" }),
    input("status", "Status", { type: "number", value: "500" }),
    input("code", "Discord's code", { type: "number", value: "0" }),
    input("retry_after", "retry_after (429), s", { type: "number", step: "any", value: "1" }),
    input("seconds", "Latency, s", { type: "number", step: "any", value: "1" }),
    input("count", "How often (empty: always)", { type: "number", min: 1 }),
    h("button.button.little.wide", { type: "submit" }, "Put in force"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(request("fault_add", ruleOf(Object.fromEntries(new FormData(form)))));
  });
  return h("details", {}, h("summary", {}, "A rule of your own"), form);
}

function ruleOf({ kind, method, route, status, code, retry_after: retryAfter, seconds, count }) {
  const extra = {
    status: { status: Number(status), code: Number(code), retry_after: Number(retryAfter) },
    latency: { seconds: Number(seconds) },
  }[kind];
  return { kind, method, route: route || "*", ...extra, ...(count ? { count: Number(count) } : {}) };
}

function gatewaySwitches() {
  const act = (action) => attempt(request("gateway", { action }));
  return [
    h(
      "div.button-row",
      {},
      GATEWAY.map(([label, action]) =>
        h("button.button.grey.little", { type: "button", data: { focus: action }, onclick: () => act(action) }, label)
      ),
    ),
    toggle({
      label: "New connections are refused",
      detail: "as in an outage",
      on: state.gateway.refuses,
      change: (on) => act(on ? "refuse" : "accept"),
      focus: "refuse",
    }),
    toggle({
      label: "Heartbeats are not acknowledged",
      detail: "a dead connection that looks alive",
      on: !state.gateway.acknowledges,
      change: (on) => act(on ? "stop_acks" : "resume_acks"),
      focus: "acks",
    }),
    toggle({
      label: "Interactions no longer come",
      detail: "in the sessions of now; heartbeats are acknowledged, a fresh session hears again",
      on: state.gateway.sessions.some((session) => session.silent),
      change: (on) => act(on ? "silence" : "end_silence"),
      focus: "silence",
    }),
    toggle({
      label: "New sessions are silent from their start",
      detail: "connected, and no interaction ever comes",
      on: state.gateway.silences_new,
      change: (on) => act(on ? "silence_new" : "end_silence_new"),
      focus: "silence-new",
    }),
    toggle({
      label: "The resume address is dead",
      detail: "503 there; the gateway's own address works",
      on: state.gateway.refuses_resumes,
      change: (on) => act(on ? "refuse_resumes" : "accept_resumes"),
      focus: "resumes",
    }),
  ];
}

function botSwitches() {
  const here = guild();
  if (!here) return h("p.hint", {}, "The acting user is in no server.");
  return state.about.applications.map((app) => {
    const found = here.members.find((one) => one.user.id === app.bot_id);
    if (!found) {
      return h(
        "div.button-row",
        {},
        h(
          "button.button.little",
          { type: "button", onclick: () => attempt(request("rejoin", { user_id: app.bot_id })) },
          `Invite ${app.name} again`,
        ),
      );
    }
    const role = here.roles.find((one) => one.managed && found.roles.includes(one.id));
    const may = role ? (BigInt(role.permissions) & MANAGE_ROLES) !== 0n : false;
    return [
      toggle({
        label: `${app.name} may not manage roles`,
        detail: "its permission Manage Roles is taken",
        on: !may,
        change: (on) =>
          attempt(request("bot_permission", { user_id: app.bot_id, permission: "MANAGE_ROLES", granted: !on })),
        focus: `manage-${app.id}`,
      }),
      toggle({
        label: `${app.name}'s role is at the bottom`,
        detail: "every other role stands above it",
        on: role?.position === 1,
        change: (on) => moveRole(role, on),
        focus: `low-${app.id}`,
      }),
      h(
        "div.button-row",
        {},
        h(
          "button.button.grey.little",
          { type: "button", onclick: () => attempt(request("kick", { user_id: app.bot_id })) },
          `Kick ${app.name}`,
        ),
      ),
    ];
  });
}

const MANAGE_ROLES = 1n << 28n;
const before = new Map(); // role id → the position it had

function moveRole(role, down) {
  if (down) before.set(role.id, role.position);
  attempt(
    request("move_role", { role_id: role.id, position: down ? 1 : (before.get(role.id) ?? guild().roles.length - 2) }),
  );
}
