// What was said, as it is said: the last questions and answers of this page. Text is always text.

import { h, icon } from "../dom.js";

const MOST_ENTRIES = 30;
const MOST_TEXT = 4000;
const DAY = new Intl.DateTimeFormat("sv-SE"); // 2026-11-26

export class Log {
  #entries = new Map();
  #follow = true;

  /** @param {HTMLElement} place @param {Function} t words. */
  constructor(place, t) {
    this.place = place;
    this.t = t;
    place.addEventListener("scroll", () => {
      this.#follow = place.scrollHeight - place.scrollTop - place.clientHeight < 40;
    });
  }

  /** What was heard or typed; the same id again replaces it. */
  heard(id, text, final) {
    const entry = this.#entry(`q:${id}`, "asked", this.t("log.you"));
    this.#write(entry, text);
    entry.classList.toggle("interim", !final);
  }

  /** A piece of the answer to a question; gives the whole so far. */
  answer(turn, piece, id) {
    if (id !== undefined) this.#entries.get(`q:${id}`)?.setAttribute("data-turn", turn);
    if (!piece && !this.#entries.has(`a:${turn}`)) return "";
    const entry = this.#entry(`a:${turn}`, "told", this.t("log.it"));
    entry.dataset.turn = turn;
    entry.whole = (entry.whole ?? "") + piece;
    this.#write(entry, entry.whole);
    return entry.whole;
  }

  /** Something that was not asked for. */
  announce(id, text) {
    const entry = this.#entry(`n:${id}`, "told unasked", this.t("log.it"));
    entry.dataset.turn = id;
    entry.prepend(icon("bell"));
    this.#write(entry, text);
  }

  /** A fault, in words. */
  fault(text) {
    const entry = this.#entry(`f:${this.#entries.size}:${Date.now()}`, "told failed", this.t("log.it"));
    entry.prepend(icon("warning"));
    this.#write(entry, text);
  }

  /** An utterance turned out to be nothing. */
  drop(id) {
    this.#entries.get(`q:${id}`)?.remove();
    this.#entries.delete(`q:${id}`);
  }

  /** What was said in answer to a question is said again. */
  unanswered(id) {
    const key = `a:${this.#entries.get(`q:${id}`)?.dataset.turn}`;
    this.#entries.get(key)?.remove();
    this.#entries.delete(key);
  }

  /** The house has forgotten a turn, a day ("2026-11-26"), or everything: nothing of it is shown any more. */
  forget({ scope, forgotten_turn: turn, day }) {
    const gone = { turn: (entry) => entry.dataset.turn === turn, day: (entry) => entry.dataset.day === day, all: () => true }[scope];
    if (!gone) return;
    for (const [key, entry] of [...this.#entries]) {
      if (!gone(entry)) continue;
      entry.remove();
      this.#entries.delete(key);
    }
  }

  get empty() {
    return this.#entries.size === 0;
  }

  #entry(key, kind, who) {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = h("li", { class: `entry ${kind}`, data: { day: DAY.format(new Date()) } }, h("span", { class: "unseen" }, who), h("p", { dir: "auto" }));
      this.#entries.set(key, entry);
      this.place.append(entry);
      this.#follow = true;
      if (this.#entries.size > MOST_ENTRIES) {
        const [oldest] = this.#entries.keys();
        this.#entries.get(oldest).remove();
        this.#entries.delete(oldest);
      }
    }
    return entry;
  }

  #write(entry, text) {
    const letters = [...text];
    entry.querySelector("p").textContent = letters.length > MOST_TEXT ? `${letters.slice(0, MOST_TEXT).join("")}…` : text;
    if (this.#follow) this.place.scrollTop = this.place.scrollHeight;
  }
}
