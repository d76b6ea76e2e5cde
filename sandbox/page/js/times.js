// Times as Discord shows them. The sandbox's clock rules: it may run apart from the machine's.

import { h } from "./dom.js";
import { spoken, t } from "./words.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

let ahead = 0; // milliseconds by which the sandbox's clock is ahead of this machine's

/** Take over the sandbox's present time, in Unix seconds. */
export function setNow(seconds) {
  ahead = seconds * 1000 - Date.now();
}

/** The sandbox's present time in milliseconds. */
export function now() {
  return Date.now() + ahead;
}

/** A <t:…> of a message. */
export function timestamp(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return h("span.timestamp", {}, String(seconds));
  const full = format(date, "F");
  const data = style === "R" ? { relative: seconds } : {};
  return h(
    "time.timestamp",
    { datetime: date.toISOString(), title: full, data },
    style === "R" ? relative(seconds) : format(date, style),
  );
}

/** The time in a message's head: "Today at 12:00". */
export function headTime(iso) {
  const date = new Date(iso);
  const days = Math.round((dayOf(new Date(now())) - dayOf(date)) / 86_400_000);
  const clock = format(date, "t");
  const text = days === 0 ? clock : days === 1 ? `${t("Yesterday")} ${clock}` : format(date, "s");
  return h("time.stamp", { datetime: iso, title: format(date, "F") }, text);
}

/** "Monday, 5 May 2025" and the like. */
export function dayName(iso) {
  return format(new Date(iso), "D");
}

/** Only the time of the day. */
export function clockTime(iso) {
  return format(new Date(iso), "t");
}

/** Whether two moments (ISO) fall on the same day here. */
export function sameDay(first, second) {
  return dayOf(new Date(first)) === dayOf(new Date(second));
}

/** Keep every relative time on the page true. */
export function keepRelativeTimes() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const text = relative(Number(element.dataset.relative));
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}

function format(date, style) {
  return new Intl.DateTimeFormat(spoken(), STYLES[style]).format(date);
}

function relative(seconds) {
  const left = seconds - now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(left) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(spoken(), { numeric: "auto" }).format(Math.round(left / size), unit);
}

function dayOf(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
