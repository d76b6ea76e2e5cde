// The line at the bottom: writing messages, and the way into slash commands.

import { CommandLine, slashMatches } from "./slash.js";
import { fill, h, icon } from "./dom.js";
import { encode } from "./fields.js";
import { ICONS } from "./icons.js";
import { Listbox } from "./listbox.js";
import { showMessage } from "./log.js";
import { channel, guild } from "./people.js";
import { actions } from "./rich.js";
import { look, request, state, subscribe, view } from "./store.js";
import { attempt } from "./toast.js";
import { t } from "./words.js";

const root = document.querySelector(".composer");
const drafts = new Map();
let shown = "";
let line = null; // the command being filled in
let files = [];

/** Draw the composer now and whenever the channel or what may be done in it changes. */
export function startComposer() {
  actions.channel = (id, messageId) => {
    look({ channelId: id, guildId: state.dms.some((one) => one.id === id) ? null : guild()?.id });
    if (messageId) showMessage(messageId);
  };
  actions.command = (id, name) => {
    const command = state.commands.find((one) => one.id === id && one.channel_ids.includes(view.channelId));
    if (command) openCommand(command, name.split(" ").slice(1));
  };
  subscribe(["guilds", "dms", "view", "me", "snapshot"], () => {
    const mark = [
      view.channelId,
      channel()?.can_send,
      channel()?.can_attach,
      guild()?.own.pending,
      guild()?.own.timeout_until,
      state.me.user.id,
      state.me.locale,
    ].join();
    if (mark === shown) return;
    shown = mark;
    line = null;
    draw();
  });
}

function draw() {
  const here = channel();
  if (!here) fill(root);
  else if (!here.can_send || (here.type !== 1 && guild()?.own.pending)) fill(root, closed());
  else writing(here);
}

function closed() {
  const own = guild()?.own;
  if (own?.pending) {
    const pass = () => attempt(request("pass_screening", { user_id: state.me.user.id }));
    return h(
      "div.closed",
      {},
      t("Finish the server's screening to talk."),
      h("button.button", { type: "button", onclick: pass }, t("Pass the screening")),
    );
  }
  if (own?.timeout_until) return h("div.closed", {}, icon(ICONS.clock), t("Timed out"));
  return h("div.closed", {}, icon(ICONS.lock), t("You do not have permission to send messages in this channel."));
}

function writing(here) {
  files = [];
  const name = here.type === 1
    ? t("Message @{name}", { name: here.name })
    : t("Message #{channel}", { channel: here.name });
  const field = h("textarea", {
    rows: 1,
    placeholder: name,
    "aria-label": name,
    data: { focus: "composer" },
    value: drafts.get(view.channelId) ?? "",
  });
  const list = new Listbox({ label: t("Commands"), onpick: ({ command, path }) => openCommand(command, path) });
  const suggestions = h("div.suggestions", { hidden: true }, list.element);
  const chips = h("ul.files.pending-files");
  const chooser = h("input.unseen", {
    type: "file",
    multiple: true,
    tabindex: -1,
    "aria-label": t("Choose a file"),
    onchange: () => addFiles(chooser, chips),
  });
  const attach = here.can_attach
    ? h(
      "button.icon-button",
      { type: "button", "aria-label": t("Choose a file"), onclick: () => chooser.click() },
      icon(ICONS.plus),
    )
    : null;
  field.addEventListener("input", () => {
    drafts.set(view.channelId, field.value);
    grow(field);
    suggest(field, list, suggestions);
  });
  field.addEventListener("keydown", (event) => key(event, field, list, suggestions));
  field.addEventListener("blur", () => setTimeout(() => (suggestions.hidden = true), 150));
  field.addEventListener("focus", () => suggest(field, list, suggestions));
  fill(
    root,
    suggestions,
    chips,
    h(
      "div.box",
      {},
      attach,
      field,
      h(
        "button.icon-button",
        { type: "button", "aria-label": t("Send"), onclick: () => post(field) },
        icon(ICONS.send),
      ),
    ),
    chooser,
  );
}

function grow(field) {
  field.style.height = "40px";
  field.style.height = `${Math.max(40, field.scrollHeight)}px`;
}

function suggest(field, list, suggestions) {
  const text = field.value;
  const query = /^\/([^\n]*)$/.exec(text)?.[1];
  if (query === undefined) {
    suggestions.hidden = true;
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete"]) {
      field.removeAttribute(name);
    }
    return;
  }
  const options = slashMatches(query);
  const exact = query.endsWith(" ") && options.find((one) => `${one.label.slice(1)} ` === query);
  if (exact) {
    openCommand(exact.command, exact.path);
    return;
  }
  list.steer(field);
  list.show(options, t("No options match"));
  suggestions.hidden = false;
}

function key(event, field, list, suggestions) {
  if (event.isComposing) return;
  if (!suggestions.hidden) {
    if (event.key === "Tab" && !event.shiftKey && list.options[list.active]) {
      event.preventDefault();
      list.pick(list.active);
      return;
    }
    if (event.key === "Escape") {
      suggestions.hidden = true;
      return;
    }
    if (list.key(event)) return;
  }
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    post(field);
  }
}

async function post(field) {
  const content = field.value.trim();
  if (!content && !files.length) return;
  const attached = await Promise.all(files.map(encode));
  const result = await attempt(
    request("post", { channel_id: view.channelId, content, ...(attached.length ? { files: attached } : {}) }),
  );
  if (!result) return;
  drafts.delete(view.channelId);
  draw();
  root.querySelector("textarea")?.focus();
}

function addFiles(chooser, chips) {
  files = [...files, ...chooser.files].slice(0, 10);
  chooser.value = "";
  const show = () =>
    fill(
      chips,
      files.map((file, index) =>
        h(
          "li",
          {},
          icon(ICONS.file, "small"),
          file.name,
          h(
            "button.icon-button",
            {
              type: "button",
              "aria-label": `${t("Remove")}: ${file.name}`,
              onclick: () => {
                files.splice(index, 1);
                show();
              },
            },
            icon(ICONS.close, "small"),
          ),
        )
      ),
    );
  show();
}

function openCommand(command, path) {
  line = new CommandLine(command, path, () => {
    line = null;
    draw();
    root.querySelector("textarea")?.focus();
  });
  drafts.delete(view.channelId);
  fill(root, line.element);
  line.focus();
}
