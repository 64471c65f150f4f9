// What the parts of the house view share: texts of others, times, deeds that may fail, questions before deeds.

import { fill, h } from "../../dom.js";
import { bound } from "../../words.js";

const LONG = 600;
const LANGUAGE = document.documentElement.lang;
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long", day: "numeric", month: "long" });
const BYTES = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });

/** A text that somebody wrote or said: its own direction, and never wider than its place. */
export function told(text) {
  return h("bdi", { dir: "auto" }, bound(String(text ?? "")));
}

/** The same where it may be long: its beginning, and a button for the rest. */
export function toldLong(text, t) {
  if (text.length <= LONG) return told(text);
  const place = told(`${text.slice(0, LONG)}…`);
  const button = h("button", { type: "button", class: "link", "aria-expanded": "false" }, t("whole"));
  button.addEventListener("click", () => {
    place.textContent = bound(text);
    button.remove();
  });
  return [place, " ", button];
}

/** What a client is called: its name, its room, or its id. */
export function nameOf(client) {
  return client.name || client.room || client.client_id;
}

export const clock = (moment) => CLOCK.format(new Date(moment));
export const dayOf = (moment) => DAY.format(new Date(moment));

/** Seconds as "1 h 05", "12 min", "45 s". */
export function duration(seconds) {
  const left = Math.max(0, Math.round(seconds));
  if (left < 60) return `${left} s`;
  const minutes = Math.floor(left / 60);
  if (minutes < 60) return `${minutes}:${String(left % 60).padStart(2, "0")}`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}

/** Bytes as "148 Mo". */
export function size(bytes, t) {
  if (bytes >= 1e9) return `${BYTES.format(bytes / 1e9)} ${t("gigabytes")}`;
  return `${BYTES.format(Math.round(bytes / 1e6))} ${t("megabytes")}`;
}

/** Do something that may fail; its fault is told. Gives what came of it, or undefined. */
export async function attempt(context, deed) {
  try {
    return await deed();
  } catch (error) {
    if (!error.code) throw error;
    context.toast(error.message);
    return undefined;
  }
}

let fields = 0;

/** A label, its input, and a hint. */
export function field(label, input, hint = null) {
  input.id ||= `field-${(fields += 1)}`;
  const described = hint ? h("p", { class: "hint", id: `${input.id}-hint` }, hint) : null;
  if (described) input.setAttribute("aria-describedby", described.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, described);
}

/** A form whose button does something; the button rests meanwhile. */
export function form(traits, deed, ...children) {
  const made = h("form", traits, ...children);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...made.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      await deed(made);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
  return made;
}

/** Ask before a deed that cannot be taken back; true for yes. */
export function confirmed(t, question, yes) {
  return new Promise((answer) => {
    const dialog = h("dialog", { class: "stack", "aria-labelledby": "question" });
    const close = (value) => h("button", { type: "button", class: value ? "button danger" : "button", on: { click: () => dialog.close(value ? "yes" : "") } }, value ? yes : t("cancel"));
    fill(dialog, h("p", { id: "question" }, question), h("div", { class: "row spread" }, close(false), close(true)));
    dialog.addEventListener("close", () => {
      answer(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
