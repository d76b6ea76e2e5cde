// REST requests of the bots as they end, the latest first.

import { fill, h, reconcile } from "./dom.js";
import { findChannel, guild, member, role } from "./people.js";
import { request, state } from "./store.js";
import { attempt } from "./toast.js";

const ID = /^\d{15,}$/;

/** The REST tab. */
export function traffic() {
  const filter = h("input.field.little", {
    type: "search",
    placeholder: "Filter: method, path, status",
    "aria-label": "Filter",
    data: { focus: "filter" },
  });
  const list = h("ul.traffic");
  const empty = h("p.empty", {}, "No requests yet. Start a bot, or use one of its commands.");
  let from = 0;
  const clear = () => {
    from = state.exchanges.at(-1)?.n ?? 0;
    draw();
  };
  filter.addEventListener("input", draw);

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    const shown = state.exchanges
      .filter(
        (one) =>
          one.n > from &&
          `${one.method} ${one.path} ${one.status || "cut"} ${one.code ?? ""}`.toLowerCase().includes(wanted),
      )
      .reverse();
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
      h("div.bar", {}, filter, h("button.button.grey.little", { type: "button", onclick: clear }, "Clear")),
      h("div.body.flush.scroll", { tabindex: 0, role: "region", "aria-label": "REST requests" }, empty, list),
    ],
  };
}

function line(one) {
  const kind = one.status === 0 || one.status >= 500 ? "bad" : one.status >= 400 ? "warn" : "good";
  return h(
    "button.line",
    { type: "button", "aria-expanded": "false", title: one.route, data: { focus: `n${one.n}` } },
    h("span.verb", {}, one.method),
    h("span.path", {}, h("bdi", {}, shortPath(one.path))),
    h("span.status", { class: kind }, one.status ? String(one.status) : "cut", one.code ? ` ${one.code}` : ""),
    h("span.ms", {}, `${one.ms < 10 ? one.ms.toFixed(1) : Math.round(one.ms)} ms`),
  );
}

/** A path that can be read: names in place of ids, and no tokens. */
function shortPath(path) {
  return path
    .split("/")
    .map((part) => (part.length >= 40 ? "…" : ID.test(part) ? nameOf(part) : part))
    .join("/");
}

function nameOf(id) {
  const place = findChannel(id);
  if (place) return place.type === 1 ? "dm" : `#${place.name}`;
  return (id === guild()?.id ? null : role(id)?.name) ?? member(id)?.name ?? "…";
}

async function details({ n }) {
  const result = await attempt(request("exchange", { n }));
  if (!result) return null;
  const { exchange } = result;
  return [
    section("Request", `${exchange.method} ${exchange.path}${query(exchange.query)}`),
    section("Headers", exchange.request_headers),
    section("Body", exchange.body),
    exchange.fault ? section("Struck by", exchange.fault) : null,
    section(`Answer ${exchange.status || "cut off"}`, exchange.response),
    section("Answer's headers", exchange.response_headers),
  ];
}

function query(values) {
  const text = new URLSearchParams(values ?? {}).toString();
  return text ? `?${text}` : "";
}

/** A heading and a value as readable JSON; nothing for an empty one. */
export function section(title, value) {
  if (value === null || value === undefined || (typeof value === "object" && !Object.keys(value).length)) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return h("div", {}, h("h4", {}, title), h("pre", { tabindex: 0 }, text));
}

/** A row whose details are asked for when it is opened. */
export function expandable(button, load) {
  const row = h("li", {}, button);
  button.addEventListener("click", async () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      row.querySelector(".details")?.remove();
      return;
    }
    const content = await load();
    if (content && button.getAttribute("aria-expanded") === "true") row.append(fill(h("div.details"), content));
  });
  return row;
}
