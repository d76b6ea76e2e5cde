// Building the page out of elements. Text only ever becomes a text node, so no name or message can turn into markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element from "tag.class.class", its properties and children. `on…` adds a listener, `vars` sets CSS custom properties, `data`
 * sets data attributes, everything else is an attribute; null, undefined and false leave the attribute out.
 */
export function h(spec, properties = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "vars") Object.entries(value).forEach(([key, v]) => element.style.setProperty(key, v));
    else if (name === "data") {
      Object.entries(value).forEach(([key, v]) => v !== undefined && v !== null && (element.dataset[key] = v));
    } else if (name === "class") element.classList.add(...value.split(" ").filter(Boolean));
    else if (name === "value" && "defaultValue" in element) {
      element.defaultValue = value; // what a form's reset goes back to
    } else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

/** An icon drawn from the path of a 24 × 24 grid; it says nothing to a screen reader. */
export function icon(path, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${className}`.trim());
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Put children in place of all that an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/**
 * Make `parent` show `items` in their order, touching only what changed. `key(item)` names an item, `mark(item)` changes whenever it
 * must be drawn again. Focus stays on the control with the same `data-focus` in a part that is drawn again.
 */
export function reconcile(parent, items, key, mark, draw) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const signature = String(mark(item));
    let node = present.get(name);
    present.delete(name);
    if (!node || node.dataset.mark !== signature) {
      const fresh = draw(item, node);
      fresh.dataset.key = name;
      fresh.dataset.mark = signature;
      if (node && fresh !== node) {
        if (at === node) at = fresh;
        keepFocus(node, () => node.replaceWith(fresh), fresh);
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const gone of present.values()) gone.remove();
}

/** Run `change`; when the focus was on a control within `before`, give it to the control of the same name within `after`. */
export function keepFocus(before, change, after = before) {
  const active = document.activeElement;
  const name = before.contains(active) ? active.dataset?.focus : undefined;
  const caret = name !== undefined && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  change();
  if (name === undefined) return;
  const again = [...after.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === name) ??
    after.querySelector("[data-focus]");
  again?.focus({ preventScroll: true });
  if (caret && again && "setSelectionRange" in again && caret[0] !== null) again.setSelectionRange(...caret);
}

let count = 0;

/** An id that no other element has. */
export function freshId(prefix = "e") {
  count += 1;
  return `${prefix}-${count}`;
}
