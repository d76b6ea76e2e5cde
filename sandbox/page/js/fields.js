// The fields of a modal. Each answers {element, read(), problem()}: what to send, and why it cannot be sent yet (or "").

import { fill, freshId, h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { preselected, selectControl } from "./select.js";
import { t } from "./words.js";

const LONGEST = 4000;

/** The field of an input component; `caption` and `description` come from its label. */
export function makeField(part, caption, description) {
  return MAKE[part.type](part, {
    caption: caption ?? part.label ?? "",
    description,
    required: part.required !== false,
  });
}

const MAKE = {
  3: select,
  4: text,
  5: select,
  6: select,
  7: select,
  8: select,
  19: upload,
  21: radios,
  22: checkboxes,
  23: checkbox,
};

function star(required) {
  return required ? h("span.star", { title: t("required"), "aria-hidden": "true" }, "*") : null;
}

function described(description, hintId) {
  return description ? h("p.description", { id: hintId }, description) : null;
}

function text(part, { caption, description, required }) {
  const id = freshId("field");
  const input = h(part.style === 2 ? "textarea.field" : "input.field", {
    id,
    type: part.style === 2 ? null : "text",
    placeholder: part.placeholder,
    maxlength: part.max_length ?? LONGEST,
    "aria-required": String(required),
    value: part.value ?? "",
    data: { customId: part.custom_id },
    "aria-describedby": `${id}-hint`,
    autocomplete: "off",
  });
  const count = h("span.count", { "aria-hidden": "true" });
  const say =
    () => (count.textContent = part.max_length || part.style === 2
      ? `${input.value.length} / ${part.max_length ?? LONGEST}`
      : "");
  input.addEventListener("input", () => {
    say();
    marked(input, "");
  });
  say();
  const low = part.min_length ?? 0;
  return {
    element: h(
      "div.form-field",
      {},
      h("label", { for: id }, caption, star(required)),
      described(description, `${id}-hint`),
      input,
      count,
    ),
    read: () => input.value,
    problem() {
      const empty = !input.value.trim();
      const why = empty && required
        ? t("This field is required")
        : !empty && input.value.length < low
        ? t("At least {min} characters", { min: low })
        : "";
      return marked(input, why);
    },
  };
}

function marked(control, why) {
  if (why) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  return why;
}

function select(part, { caption, description, required }) {
  let chosen = preselected(part);
  const id = freshId("field");
  const low = part.min_values ?? 1;
  const control = selectControl(part, {
    picked: chosen,
    label: caption,
    min: required ? Math.max(low, 1) : 0,
    describedby: description ? `${id}-hint` : null,
    onpick: (options) => (chosen = options),
  });
  return {
    element: h(
      "div.form-field",
      {},
      h("span.label", {}, caption, star(required)),
      described(description, `${id}-hint`),
      control,
    ),
    read: () => chosen.map((option) => option.value),
    problem() {
      const few = required ? chosen.length < Math.max(low, 1) : chosen.length > 0 && chosen.length < low;
      return marked(
        control,
        few
          ? chosen.length
            ? t("Pick {min} to {max}", { min: low, max: part.max_values ?? 1 })
            : t("This field is required")
          : "",
      );
    },
  };
}

function upload(part, { caption, description, required }) {
  let files = [];
  const id = freshId("field");
  const most = part.max_values ?? 1;
  const low = required ? Math.max(part.min_values ?? 1, 1) : 0;
  const input = h("input.unseen", {
    type: "file",
    id,
    multiple: most > 1,
    data: { customId: part.custom_id },
    "aria-describedby": description ? `${id}-hint` : null,
  });
  const list = h("ul.files");
  input.addEventListener("change", () => {
    files = [...files, ...input.files].slice(0, most);
    input.value = "";
    show();
  });
  function show() {
    fill(
      list,
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
  }
  const button = h(
    "button.button.grey",
    { type: "button", onclick: () => input.click() },
    icon(ICONS.file, "small"),
    t("Choose a file"),
  );
  return {
    element: h(
      "div.form-field",
      {},
      h("label", { for: id }, caption, star(required)),
      described(description, `${id}-hint`),
      input,
      list,
      h("div", {}, button),
    ),
    read: () => Promise.all(files.map(encode)),
    problem: () => (files.length < low ? t("This field is required") : ""),
  };
}

/** A file as the server takes it: {name, content in base64}. */
export async function encode(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return { name: file.name, content: btoa(binary) };
}

function choices(part, type) {
  const name = freshId("group");
  return part.options.map((option) => {
    const input = h("input", { type, name, value: option.value, checked: option.default === true });
    const words = h("div", {}, h("b", {}, option.label), option.description ? h("span", {}, option.description) : null);
    return { input, row: h("label.choice", {}, input, words) };
  });
}

function fieldset(part, { caption, description, required }, rows) {
  const properties = { data: { customId: part.custom_id }, role: part.type === 21 ? "radiogroup" : null };
  return h(
    "fieldset.form-field",
    properties,
    h("legend", {}, caption, star(required)),
    described(description),
    h("div", {}, rows),
  );
}

function radios(part, about) {
  const entries = choices(part, "radio");
  const value = () => entries.find(({ input }) => input.checked)?.input.value ?? null;
  return {
    element: fieldset(
      part,
      about,
      entries.map(({ row }) => row),
    ),
    read: value,
    problem: () => (about.required && value() === null ? t("This field is required") : ""),
  };
}

function checkboxes(part, about) {
  const entries = choices(part, "checkbox");
  const values = () => entries.filter(({ input }) => input.checked).map(({ input }) => input.value);
  const low = about.required ? Math.max(part.min_values ?? 1, 1) : (part.min_values ?? 0);
  const high = part.max_values ?? part.options.length;
  return {
    element: fieldset(
      part,
      about,
      entries.map(({ row }) => row),
    ),
    read: values,
    problem() {
      const count = values().length;
      const fits = (count === 0 && !about.required) || (count >= low && count <= high);
      return fits ? "" : t("Pick {min} to {max}", { min: low, max: high });
    },
  };
}

function checkbox(part, { caption, description }) {
  const input = h("input", { type: "checkbox", checked: part.default === true, data: { customId: part.custom_id } });
  const words = h("div", {}, h("b", {}, caption), description ? h("span", {}, description) : null);
  return {
    element: h("div.form-field", {}, h("label.choice", {}, input, words)),
    read: () => input.checked,
    problem: () => "",
  };
}
