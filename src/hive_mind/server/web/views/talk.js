// The assistant's face: its eyes, what was said, and the ways to speak to it.

import { fill, h, icon } from "../dom.js";
import { isNight } from "../obeying.js";
import { Awake } from "../talk/awake.js";
import { Face } from "../talk/face.js";
import { hold } from "../talk/holding.js";
import { Log } from "../talk/log.js";
import { moodOf } from "../talk/mood.js";
import { Talk } from "../talk/talk.js";
import { stoppable } from "../talk/turns.js";

export const full = true;
export const keep = true;

const LEVEL_MS = 40;
const HINT_MS = 5000;
const LOOK_MS = 60000; // the night begins and ends by itself
const LOUD = { silent: -50, full: -14 };
const IDEAS = ["idea.time", "idea.timer", "idea.weather", "idea.story"];
const SECURE_FAULTS = new Set(["INSECURE"]);

export async function mount(root, { t, link, announce }) {
  const raw = await (await fetch("/web/data/eyes.json")).json();
  const parts = build(t);
  root.append(parts.view);
  const log = new Log(parts.log, t);
  const look = (expression, tone, loudness) => ({ expression, tone, loudness, night: isNight(link.night, new Date()), brightness: 1 });
  const face = new Face(parts.canvas, raw, look("waking", "yellow", 0), seedOf(link.me.client_id));
  const awake = new Awake();
  let hint = "";
  let hintTimer = 0;
  let [shown, shownHint] = [null, ""];
  const talk = new Talk(link, log, show, tell);

  function show(state = talk.state) {
    const ringing = state.ringing;
    const sounding = state.sounding !== null;
    const mood = moodOf({ link: link.state, phase: state.phase, ear: state.ear, sounding, ringing, broken: false });
    const db = talk.level;
    const loudness = Math.round(100 * Math.min(Math.max((db - LOUD.silent) / (LOUD.full - LOUD.silent), 0), 1)) / 100;
    face.show(look(mood.expression, mood.tone, loudness));
    if (state === shown && mood.expression === parts.view.dataset.mood && hint === shownHint) return; // only the level
    [shown, shownHint] = [state, hint];
    parts.canvas.setAttribute("aria-label", t(`face.${mood.expression}`));
    const stops = stoppable(state) && state.ear !== "hearing";
    parts.view.dataset.mood = mood.expression;
    set(parts.status, hint || t(statusKey(state, link.state)));
    set(parts.mainWords, t(state.ear === "hearing" ? "button.done" : stops ? "button.stop" : "button.talk"));
    parts.main.dataset.does = state.ear === "hearing" ? "done" : stops ? "stop" : "talk";
    parts.mainUse.setAttribute("href", stops ? "#icon-stop" : "#icon-mic");
    parts.hands.setAttribute("aria-pressed", String(state.handsFree));
    parts.ideas.hidden = !log.empty;
    awake.keep(state.handsFree || state.ear !== "closed" || sounding);
  }

  function tell(kind, detail) {
    if (kind === "answered") announce(detail);
    else if (kind === "microphone") showMicrophone(detail);
    else if (kind === "unsent") unsent(detail);
    else say(t(`hint.${kind}`));
  }

  /** Nothing that was typed is lost. */
  function unsent(text) {
    if (text) write(true);
    parts.input.value ||= text;
    say(t(link.state === "replaced" ? "hint.elsewhere" : "hint.away"));
  }

  function say(text) {
    hint = text;
    clearTimeout(hintTimer);
    hintTimer = setTimeout(() => {
      hint = "";
      show();
    }, HINT_MS);
    show();
  }

  function showMicrophone(code) {
    const secure = SECURE_FAULTS.has(code);
    const steps = secure ? ["insecure.https", "insecure.local", "insecure.type"] : [`microphone.${code}.do`, "insecure.type"];
    fill(
      parts.notice,
      icon("warning"),
      h("div", { class: "stack" },
        h("strong", {}, t(`microphone.${code}`)),
        secure && h("a", { href: `https://${location.host}/` }, `https://${location.host}/`),
        h("ul", {}, steps.map((key) => h("li", {}, t(key, { port: location.port || "80" })))),
      ),
      h("button", { class: "icon-button", type: "button", "aria-label": t("notice.close"), on: { click: () => { parts.notice.hidden = true; } } }, icon("close")),
    );
    parts.notice.hidden = false;
    write(true);
    show();
  }

  function write(open) {
    parts.view.classList.toggle("typing", open);
    parts.keys.setAttribute("aria-expanded", String(open));
  }

  const press = () => {
    talk.unlock();
    parts.notice.hidden = true;
    talk.dispatch({ type: "press", id: talk.newId() });
  };
  const stop = () => talk.dispatch({ type: "stop" });
  const release = () => talk.dispatch({ type: "release" });
  const main = () => (parts.main.dataset.does === "stop" ? stop() : press());
  hold(parts.main, { main, press, release, stop, touched: () => talk.unlock() });

  parts.hands.addEventListener("click", () => {
    talk.unlock();
    parts.notice.hidden = true;
    talk.dispatch({ type: "hands_free", on: !talk.state.handsFree });
  });
  parts.keys.addEventListener("click", () => {
    write(!parts.view.classList.contains("typing"));
    if (parts.view.classList.contains("typing")) parts.input.focus();
  });
  parts.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = parts.input.value.trim();
    parts.input.value = "";
    if (text) talk.ask(text);
  });
  for (const idea of parts.ideas.querySelectorAll("button")) idea.addEventListener("click", () => talk.ask(idea.textContent.replaceAll("\u00a0", " ")));
  setInterval(() => (talk.state.ear === "hearing" || talk.state.sounding) && show(), LEVEL_MS);
  setInterval(() => show(), LOOK_MS);
  link.on("settings", () => show());
  show();

  // While another view is shown answers still sound, but nobody is listened to: nothing would show it.
  root.addEventListener("leave", () => {
    if (talk.state.handsFree) talk.dispatch({ type: "hands_free", on: false });
    if (talk.state.ear !== "closed") talk.dispatch({ type: "stop" });
  });
  root.addEventListener("enter", () => show());
}

function build(t) {
  const canvas = h("canvas", { class: "face", role: "img" });
  const status = h("p", { class: "status", role: "status" });
  const log = h("ol", { class: "log", tabIndex: 0, "aria-label": t("log") });
  const ideas = h("div", { class: "ideas" }, h("p", { class: "soft" }, t("ideas")), IDEAS.map((key) => h("button", { class: "button idea", type: "button" }, t(key))));
  const notice = h("div", { class: "notice", role: "alert", hidden: true });
  const input = h("input", { type: "text", name: "question", autocomplete: "off", maxLength: 4000, enterKeyHint: "send", placeholder: t("type.hint"), "aria-label": t("type") });
  const form = h("form", { class: "writing" }, input, h("button", { class: "icon-button send", type: "submit", "aria-label": t("type.send") }, icon("send")));
  const mainWords = h("span", { class: "words" });
  const mainIcon = icon("mic");
  const main = h("button", { class: "big", type: "button", "aria-keyshortcuts": "Space" }, mainIcon, mainWords);
  const hands = h("button", { class: "side hands", type: "button", "aria-pressed": "false" }, icon("hands"), h("span", {}, t("button.hands")));
  const keys = h("button", { class: "side keys", type: "button", "aria-expanded": "false" }, icon("keyboard"), h("span", {}, t("button.keys")));
  const shortcuts = h("dl", { class: "shortcuts" }, ["talk", "stop"].map((does) => [
    h("dt", {}, h("kbd", {}, t(`key.${does}`))),
    h("dd", {}, t(`key.${does}.does`)),
  ]));
  const view = h("div", { class: "talk" },
    h("h1", { class: "unseen" }, t("title")),
    h("section", { class: "stage", "aria-label": t("stage") }, canvas, status),
    h("section", { class: "words-side", "aria-label": t("log") }, log, ideas, notice, form),
    h("div", { class: "controls" }, hands, main, keys, shortcuts),
  );
  return { view, canvas, status, log, ideas, notice, input, form, main, mainWords, mainUse: mainIcon.firstChild, hands, keys };
}

function statusKey(state, link) {
  if (link !== "connected") return `status.${link}`;
  if (state.ear === "hearing") return "status.hearing";
  if (state.phase === "thinking") return "status.thinking";
  if (state.sounding || state.phase === "answering") return "status.answering";
  return state.ear === "closed" ? "status.idle" : "status.waiting";
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const seedOf = (name) => [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
