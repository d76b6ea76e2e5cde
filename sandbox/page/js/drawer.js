// The drawer at the right: behind the scenes, and the world. Each tab draws itself when it is seen.

import { fill, h, icon, keepFocus } from "./dom.js";
import { frames } from "./frames.js";
import { ICONS } from "./icons.js";
import { limits } from "./limits.js";
import { look, state, subscribe, view } from "./store.js";
import { traffic } from "./traffic.js";
import { trouble } from "./trouble.js";
import { people, places, reset, roles } from "./world.js";

const DRAWERS = {
  scenes: {
    title: "Behind the scenes",
    tabs: [
      ["rest", "REST", traffic],
      ["gateway", "Gateway", frames],
      ["limits", "Limits", limits],
      ["trouble", "Trouble", trouble],
    ],
  },
  world: {
    title: "World",
    tabs: [
      ["people", "Members", people],
      ["roles", "Roles", roles],
      ["places", "Channels", places],
      ["reset", "Reset", reset],
    ],
  },
};
const SECTIONS = ["exchanges", "frames", "buckets", "limits", "faults", "gateway", "guilds", "people", "snapshot"];

const drawer = document.querySelector("#drawer");
const frame = document.querySelector(".frame");
const tabs = { scenes: "rest", world: "people" };
let built = "";
let panel = null;

/** Draw the drawer when it is open, now and after every change. */
export function startDrawer() {
  subscribe(["view"], build);
  subscribe(SECTIONS, (changed) => {
    if (state.ready && view.drawer) keepFocus(drawer, () => panel?.draw(changed));
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.target.closest("[popover]")) close();
  });
}

function close() {
  const name = view.drawer;
  look({ drawer: null });
  document.querySelector(`.topbar [data-focus="${name}"]`)?.focus();
}

function build() {
  const name = view.drawer;
  const mark = name ? `${name}/${tabs[name]}` : "";
  frame.classList.toggle("with-drawer", Boolean(name));
  drawer.hidden = !name;
  if (mark === built) return;
  built = mark;
  panel = null;
  if (!name) return void fill(drawer);
  const { title, tabs: all } = DRAWERS[name];
  drawer.setAttribute("aria-label", title);
  const [key, label, make] = all.find(([one]) => one === tabs[name]);
  panel = make();
  const body = h("div.panel", { role: "tabpanel", "aria-label": label, id: `panel-${key}` }, panel.element);
  keepFocus(drawer, () =>
    fill(
      drawer,
      h(
        "div.top",
        {},
        h("h2", {}, title),
        h("button.icon-button", { type: "button", "aria-label": `Close: ${title}`, onclick: close }, icon(ICONS.close)),
      ),
      tabList(name, all),
      body,
    ));
  if (state.ready) panel.draw(SECTIONS);
}

function tabList(name, all) {
  const list = h(
    "div.tabs",
    { role: "tablist", "aria-label": DRAWERS[name].title },
    all.map(([key, label]) => {
      const on = tabs[name] === key;
      return h(
        "button",
        {
          type: "button",
          role: "tab",
          "aria-selected": String(on),
          "aria-controls": on ? `panel-${key}` : null,
          tabindex: on ? 0 : -1,
          data: { focus: `tab-${key}` },
          onclick: () => choose(name, key),
        },
        label,
      );
    }),
  );
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const keys = all.map(([key]) => key);
    choose(name, keys.at((keys.indexOf(tabs[name]) + step) % keys.length));
    drawer.querySelector("[role=tab][aria-selected=true]").focus();
  });
  return list;
}

function choose(name, key) {
  tabs[name] = key;
  build();
}
