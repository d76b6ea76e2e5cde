// Embeds.

import { css } from "./colours.js";
import { h } from "./dom.js";
import { picture } from "./media.js";
import { rich, richLine } from "./rich.js";
import { headTime } from "./times.js";

/** One embed of a message. */
export function embed(data) {
  const colour = css(data.color);
  return h(
    "article.embed",
    { vars: colour ? { "--accent-line": colour } : {} },
    data.author?.name ? h("div.by", {}, linked(data.author.url, data.author.name)) : null,
    data.title ? title(data) : null,
    data.description ? rich(data.description) : null,
    data.fields?.length ? h("div.fields", {}, fields(data.fields)) : null,
    data.image ? picture(data.image.url, "") : null,
    data.thumbnail ? picture(data.thumbnail.url, "", "thumb") : null,
    data.footer || data.timestamp ? foot(data) : null,
  );
}

function title(data) {
  const content = richLine(data.title);
  return data.url
    ? h("a.title", { href: data.url, target: "_blank", rel: "noopener noreferrer" }, content)
    : h("div.title", {}, content);
}

function linked(url, text) {
  return url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : h("span", {}, text);
}

/** Inline fields stand up to three in a row, two when a row has only two. */
function fields(list) {
  const rows = [];
  for (const field of list) {
    const row = rows.at(-1);
    if (field.inline && row?.[0].inline && row.length < 3) row.push(field);
    else rows.push([field]);
  }
  return rows.flatMap((row) =>
    row.map((field) => {
      const span = row.length > 1 ? 12 / row.length : field.inline ? 4 : 12;
      return h("div", { vars: { "--span": span } }, h("h4", {}, richLine(field.name)), rich(field.value));
    })
  );
}

function foot({ footer, timestamp }) {
  const parts = [footer?.text, timestamp ? headTime(timestamp) : null].filter(Boolean);
  return h(
    "div.foot",
    {},
    parts.flatMap((part, index) => (index ? [" • ", part] : [part])),
  );
}
