// Pictures and files of messages. Only what lies on the sandbox itself is loaded; anything else is named instead.

import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";

/** A picture, or where it would come from. */
export function picture(url, description, className = "") {
  const here = url?.startsWith(location.origin) || url?.startsWith("data:image/");
  if (here) return h("img.picture", { class: className, src: url, alt: description ?? "", loading: "lazy" });
  return h(
    "div.picture-away",
    { class: className, role: "img", "aria-label": description || "Picture from elsewhere" },
    icon(ICONS.eye),
    hostOf(url),
  );
}

/** A file to download. */
export function attachment({ filename, url, size, content_type: type, description }) {
  if (type?.startsWith("image/")) return picture(url, description ?? filename);
  return h(
    "div.attachment",
    {},
    icon(ICONS.file),
    h(
      "div",
      {},
      h("a", { href: url, target: "_blank", rel: "noopener" }, filename ?? "file"),
      size === null || size === undefined ? null : h("span.size", {}, bytes(size)),
    ),
  );
}

function bytes(size) {
  if (size < 1024) return `${size} B`;
  return size < 1024 ** 2 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1024 ** 2).toFixed(1)} MB`;
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host : String(url ?? "");
}
