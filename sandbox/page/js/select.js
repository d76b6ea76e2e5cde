// Dropdowns of messages and modals: string, user, role, mentionable and channel.

import { fill, h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { picture } from "./listbox.js";
import { findChannel, member, role } from "./people.js";
import { among, openPicker } from "./picker.js";
import { request, view } from "./store.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

export const STRING = 3;
const KINDS = { 5: "user", 6: "role", 7: "mentionable", 8: "channel" };

/** The dropdown's options that stand picked at the start. */
export function preselected(data) {
  if (data.type === STRING) return data.options.filter((one) => one.default).map(asOption);
  return (data.default_values ?? []).map(entityOption);
}

/**
 * The control of a dropdown. `onpick(options)` hears of a new choice; the control shows it by itself. `min` stands in for the
 * component's own `min_values` (a modal's field that is not required takes none).
 */
export function selectControl(
  data,
  { picked, onpick, label, busy = false, min = data.min_values ?? 1, describedby = null },
) {
  const name = label ?? data.placeholder ?? t("Make a selection");
  let chosen = picked;
  const value = h("span.value");
  const control = h(
    "button.select",
    {
      type: "button",
      disabled: data.disabled,
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-busy": busy ? "true" : null,
      "aria-describedby": describedby,
      data: { focus: data.custom_id, customId: data.custom_id },
      onclick: () => busy || open(),
    },
    value,
    icon(ICONS.chevron),
  );
  show();

  function show() {
    const several = (data.max_values ?? 1) > 1;
    control.setAttribute("aria-label", [name, ...chosen.map((one) => one.label)].join(": "));
    if (!chosen.length) fill(value, h("span.placeholder", {}, data.placeholder || t("Make a selection")));
    else if (several) {
      fill(
        value,
        chosen.map((one) => h("span.chip", {}, picture(one), one.label)),
      );
    } else fill(value, h("span.one", {}, picture(chosen[0]), chosen[0].label));
  }

  function open() {
    openPicker(control, {
      label: name,
      load: loader(data),
      selected: chosen,
      min,
      max: data.max_values ?? 1,
      onpick(options) {
        chosen = options;
        show();
        onpick(options);
      },
    });
  }
  return control;
}

function loader(data) {
  if (data.type === STRING) return among(data.options.map(asOption));
  return (query) => searchEntities(KINDS[data.type], query, data.channel_types);
}

/** The users, roles or channels that the client offers for a query, as options. */
export async function searchEntities(kind, query, channelTypes) {
  try {
    const { entities } = await request("search", {
      channel_id: view.channelId,
      kind,
      query,
      channel_types: channelTypes ?? undefined,
    });
    return entities.map((one) => ({
      value: one.id,
      label: one.name,
      detail: one.detail,
      color: one.color,
      kind: one.kind,
    }));
  } catch (error) {
    toast(error.message, "bad");
    return [];
  }
}

function asOption(one) {
  return { value: one.value, label: one.label, detail: one.description, emoji: one.emoji };
}

function entityOption({ id, type }) {
  if (type === "role") {
    return { value: id, kind: "role", label: role(id)?.name ?? t("Deleted role"), color: role(id)?.color };
  }
  if (type === "channel") return { value: id, kind: "channel", label: findChannel(id)?.name ?? t("unknown") };
  return { value: id, kind: "user", label: member(id)?.name ?? t("Unknown user") };
}
