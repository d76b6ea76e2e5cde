// Rate-limit windows that are open, and the count of invalid requests.

import { fill, h, reconcile } from "./dom.js";
import { request, state } from "./store.js";
import { now } from "./times.js";
import { attempt } from "./toast.js";

/** The tab of limits. */
export function limits() {
  const enabled = h("input", {
    type: "checkbox",
    data: { focus: "enabled" },
    onchange: () => attempt(request("limits", { enabled: enabled.checked })),
  });
  const list = h("ul");
  const invalid = h("p.hint");
  const empty = h("p.empty", {}, "No window is open: nothing was asked for in the last seconds.");
  setInterval(count, 250);

  /** A window that has ended is gone; nobody says so. */
  function count() {
    if (!list.isConnected) return;
    drawWindows();
    for (const row of list.children) row.querySelector(".left").textContent = left(row.dataset.ends);
  }

  function drawWindows() {
    const open = state.buckets.filter((one) => one.resets_at * 1000 > now());
    empty.hidden = open.length > 0;
    reconcile(
      list,
      open,
      (one) => `${one.who} ${one.bucket} ${one.major}`,
      (one) => `${one.used}/${one.limit}/${one.resets_at}`,
      row,
    );
  }

  function draw() {
    enabled.checked = state.limits.enabled;
    const { invalid_requests: bad, invalid_limit: most, banned_for: banned } = state.limits;
    fill(
      invalid,
      banned
        ? `Banned for another ${Math.ceil(banned)} s.`
        : `${bad} of ${most} invalid requests (401, 403, 429) in ten minutes.`,
    );
    drawWindows();
  }
  return {
    draw,
    element: [
      h(
        "div.bar",
        {},
        h("label.check", {}, enabled, "Rate limits are on"),
        h("span.spacer"),
        h(
          "button.button.grey.little",
          { type: "button", onclick: () => attempt(request("limits", { reset: true })) },
          "Forget all",
        ),
      ),
      h("div.body.scroll", { tabindex: 0, role: "region", "aria-label": "Rate-limit windows" }, invalid, empty, list),
    ],
  };
}

function left(ends) {
  return `${Math.max(0, Number(ends) - now() / 1000).toFixed(1)} s`;
}

function row(one) {
  const name = one.bucket;
  return h(
    "li.bucket",
    { data: { ends: one.resets_at } },
    h(
      "div.what",
      {},
      h("span", {}, name, h("small", {}, one.major ? ` …${one.major.slice(-4)}` : "")),
      h("span.numbers", {}, `${one.used} / ${one.limit} · `, h("span.left", {}, left(one.resets_at))),
    ),
    h("meter", {
      min: 0,
      max: one.limit,
      value: one.used,
      high: one.limit * 0.8,
      optimum: 0,
      "aria-label": `${name}: ${one.used} of ${one.limit} used`,
    }),
  );
}
