// The frame: words, theme, link to the server, views.

import { renew } from "./admission.js";
import { makeApi } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { HouseLink } from "./house_link.js";
import { identity } from "./identity.js";
import { install } from "./installed.js";
import { obey } from "./obeying.js";
import { startRouter } from "./router.js";
import { playsOpus } from "./talk/incoming_voice.js";
import { applyTheme, nextTheme, theme } from "./theme.js";
import { load } from "./words.js";

const TOAST_MS = 6000;
const VIEWS = {
  talk: () => import("./views/talk.js"),
  house: () => import("./views/house.js"),
  quality: () => import("./views/quality.js"),
  pair: () => import("./views/pair.js"),
};
const IN_BAR = ["talk", "house", "quality"];

applyTheme();
// The link of a pairing code leads to the page too ("…/#code=123456&ca=…").
const invited = new URLSearchParams(location.hash.slice(1)).get("code");
if (invited) history.replaceState(null, "", `#pair/${encodeURIComponent(invited)}`);
const t = await load("frame");
const find = (id) => document.getElementById(id);
const me = identity();
const opus = playsOpus();
const link = new HouseLink(`${location.origin.replace(/^http/, "ws")}/ws`, me);
let shown = null;
let titled = "";
const api = makeApi(t, () => toPair());

/** Say something to a screen reader. */
function announce(text) {
  find("announcer").textContent = text;
}

/** Show a sentence for a moment. */
function toast(text) {
  const shown = h("div", { class: "toast" }, text);
  find("toasts").append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

function contextOf(_name, words) {
  const title = (text) => {
    titled = text;
    return `${text} · ${find("name").textContent}`;
  };
  return { t: words ?? t, api, link, toast, announce, title };
}

/** The house does not know this device. */
function toPair() {
  showLink("refused");
  if (!location.hash.startsWith("#pair")) location.hash = "#pair";
}

function showLink(state) {
  const place = find("link-state");
  place.dataset.state = state;
  fill(place, h("span", { class: "words" }, t(`link.${state}`)));
  if (state === "replaced") {
    place.append(h("button", { class: "button", type: "button", on: { click: () => link.open() } }, t("link.take_back")));
  }
}

function showViews() {
  fill(find("views"), IN_BAR.map((name) => h("a", { href: `#${name}`, data: { view: name } }, icon(name), t(`view.${name}`))));
  find("views").setAttribute("aria-label", t("views"));
}

function markView(name) {
  shown = name;
  for (const a of find("views").children) {
    if (a.dataset.view === name) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
}

function showTheme() {
  const button = find("theme");
  fill(button, icon("theme"));
  const name = () => button.setAttribute("aria-label", t(`theme.${theme()}`));
  name();
  button.addEventListener("click", () => {
    nextTheme();
    name();
    toast(t(`theme.${theme()}`));
  });
}

find("skip").textContent = t("skip");
find("skip").addEventListener("click", (event) => {
  event.preventDefault();
  find("main").focus();
});
showTheme();
showViews();
showLink(link.state);
link.on("state", showLink);
link.on("state", async (state) => {
  if (state !== "refused") return;
  if (await renew()) link.open();
  else toPair();
});
obey(link, (persona) => {
  find("name").textContent = persona;
  if (titled) document.title = `${titled} · ${persona}`;
});
link.on("announce", ({ text }) => shown !== "talk" && toast(text));
await startRouter(find("main"), VIEWS, contextOf, markView);
addEventListener("online", () => link.retry());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && link.retry());
if (await opus) me.capabilities.audio_formats.unshift("opus");
link.open();
install().catch((error) => console.warn("not installed", error));
