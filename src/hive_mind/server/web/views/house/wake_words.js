// The names that a client answers to, and how easily.

import { h } from "../../dom.js";
import { form } from "./parts.js";

const USUAL = 0.5;

/** A form with every wake word that the client knows. */
export function wakeWords(t, room, onSave) {
  const chosen = room.here.wake_words ?? {};
  const rows = [...new Set([...room.known_words, ...Object.keys(chosen)])].map((word) => rowOf(t, word, chosen[word]));
  const save = () => {
    const words = Object.fromEntries(rows.filter((row) => row.box.checked).map((row) => [row.word, Number(row.range.value)]));
    if (Object.keys(words).length) return onSave(words);
    rows[0].box.focus();
    return null;
  };
  return form({ class: "stack" }, save, h("fieldset", { class: "words" }, h("legend", { class: "label small" }, t("rooms.wake_words")), rows.map((row) => row.element)), h("button", { class: "button" }, t("save")));
}

function rowOf(t, word, sensitivity) {
  const said = word.replaceAll("_", " ");
  const box = h("input", { type: "checkbox", checked: sensitivity !== undefined });
  const range = h("input", { type: "range", min: 0, max: 1, step: 0.05, "aria-label": t("rooms.sensitivity", { word: said }) });
  range.value = sensitivity ?? USUAL;
  range.disabled = !box.checked;
  box.addEventListener("change", () => (range.disabled = !box.checked));
  return { word, box, range, element: h("div", { class: "row word" }, h("label", {}, box, h("bdi", {}, said)), range) };
}
