// Panels above the page, next to what opened them. They close by Escape and by a click elsewhere (the browser's own popover).

import { h } from "./dom.js";

const GAP = 6;

/**
 * Open `content` in a popup beside `anchor` (an element or {x, y}). `onclose` is called once when it closes; the focus goes back to the
 * anchor unless it went elsewhere by then.
 */
export function openPopup(
  anchor,
  content,
  { className = "", width = null, above = false, label, role = "dialog", onclose } = {},
) {
  const element = anchor instanceof Element ? anchor : null;
  const popup = h("div.popup", { class: className, popover: "auto", role, "aria-label": label }, content);
  if (width) popup.style.width = `${width}px`;
  (element?.closest("dialog") ?? document.body).append(popup);
  popup.showPopover();
  place(popup, element ? element.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0), above);
  element?.setAttribute("aria-expanded", "true");
  popup.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const active = document.activeElement;
    const lost = active === document.body || popup.contains(active);
    if (element?.hasAttribute("aria-expanded")) element.setAttribute("aria-expanded", "false");
    popup.remove();
    if (lost && element?.isConnected) element.focus({ preventScroll: true });
    onclose?.();
  });
  return {
    element: popup,
    close: () => popup.isConnected && popup.hidePopover(),
    replace: () =>
      place(popup, element ? element.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0), above),
  };
}

function place(popup, rect, above) {
  const { offsetWidth: width, offsetHeight: height } = popup;
  const below = innerHeight - rect.bottom - GAP * 2;
  const up = above ? rect.top > height + GAP * 2 : below < height && rect.top > below;
  const top = up ? rect.top - height - GAP : rect.bottom + GAP;
  popup.style.left = `${Math.max(8, Math.min(rect.left, innerWidth - width - 8))}px`;
  popup.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}
