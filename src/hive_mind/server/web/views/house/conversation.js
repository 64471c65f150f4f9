// What was said in all rooms: live, found again, forgotten.

import { fill, h, icon } from "../../dom.js";
import { attempt, clock, confirmed, dayOf, told, toldLong } from "./parts.js";
import { soon } from "./news.js";

const PAGE = 40;
const KEPT_DAYS = 7;

export async function mount(root, context) {
  const { t, api, news } = context;
  const names = new Map();
  const list = h("ol", { class: "turns" });
  const older = h("button", { type: "button", class: "button", hidden: true }, t("conversation.older"));
  const search = h("input", { type: "search", placeholder: t("conversation.search"), "aria-label": t("conversation.search"), maxLength: 200 });
  const day = h("input", { type: "date", "aria-label": t("conversation.day"), min: iso(-KEPT_DAYS), max: iso(0) });
  const count = h("p", { class: "soft small", role: "status" });
  let oldest = null;
  let filtered = false;

  fill(
    root,
    h("div", { class: "row finder" }, search, day, h("button", { type: "button", class: "button danger", on: { click: forgetMany } }, icon("trash"), t("conversation.forget"))),
    count,
    list,
    older,
  );

  async function load() {
    const asked = new URLSearchParams({ limit: String(PAGE) });
    if (search.value.trim()) asked.set("q", search.value.trim());
    if (day.value) asked.set("day", day.value);
    filtered = asked.has("q") || asked.has("day");
    const found = await attempt(context, () => api.get(`/api/conversation?${asked}`));
    if (!found) return;
    list.replaceChildren();
    add(found.entries, false);
    oldest = found.entries[0]?.timestamp ?? null;
    older.hidden = !found.more;
    count.textContent = filtered ? t("conversation.found", { count: found.entries.length }) : "";
    showEmpty();
  }

  async function loadOlder() {
    const asked = new URLSearchParams({ limit: String(PAGE), before: oldest });
    if (search.value.trim()) asked.set("q", search.value.trim());
    if (day.value) asked.set("day", day.value);
    const found = await attempt(context, () => api.get(`/api/conversation?${asked}`));
    if (!found) return;
    add(found.entries, true);
    oldest = found.entries[0]?.timestamp ?? oldest;
    older.hidden = !found.more;
  }

  /** Newest first on the page; entries come oldest first. */
  function add(entries, atEnd) {
    const fresh = document.createDocumentFragment();
    for (const entry of [...entries].reverse()) {
      const turn = list.querySelector(`[data-turn="${CSS.escape(entry.turn_id)}"]`) ?? fresh.querySelector(`[data-turn="${CSS.escape(entry.turn_id)}"]`);
      if (turn) put(turn, entry);
      else fresh.append(turnOf(entry));
    }
    if (atEnd) list.append(fresh);
    else list.prepend(fresh);
  }

  function turnOf(entry) {
    const forget = h("button", { type: "button", class: "icon-button", "aria-label": t("conversation.forget_turn"), title: t("conversation.forget_turn"), on: { click: () => forgetTurn(entry.turn_id) } }, icon("trash"));
    const why = h("a", { class: "icon-button", href: `#quality/${encodeURIComponent(entry.turn_id)}`, "aria-label": t("conversation.why"), title: t("conversation.why") }, icon("quality"));
    const turn = h(
      "li",
      { class: "turn", data: { turn: entry.turn_id } },
      h("div", { class: "head" }, h("span", { class: "where" }, told(names.get(entry.client_id) ?? entry.room ?? entry.client_id)), h("time", { dateTime: entry.timestamp, class: "soft small", title: dayOf(entry.timestamp) }, stamp(entry.timestamp)), h("span", { class: "tag route", hidden: true })),
      h("div", { class: "words" }, h("p", { class: "asked", hidden: true }), h("p", { class: "answered", hidden: true })),
      h("div", { class: "deeds" }, why, forget),
    );
    put(turn, entry);
    return turn;
  }

  function put(turn, entry) {
    const place = turn.querySelector(entry.role === "user" ? ".asked" : ".answered");
    place.hidden = false;
    fill(place, h("span", { class: "unseen" }, t(`conversation.${entry.role}`)), toldLong(entry.text, t));
    if (entry.route) showRoute(turn, entry.route);
  }

  function showRoute(turn, route) {
    const tag = turn.querySelector(".route");
    tag.hidden = false;
    tag.textContent = t(`route.${route}`);
    tag.dataset.route = route;
  }

  async function forgetTurn(turnId) {
    const gone = await attempt(context, () => api.delete(`/api/conversation/${encodeURIComponent(turnId)}`));
    if (!gone) return;
    list.querySelector(`[data-turn="${CSS.escape(turnId)}"]`)?.remove();
    context.announce(t("conversation.forgotten"));
    showEmpty();
  }

  async function forgetMany() {
    const wish = day.value ? { scope: "day", day: day.value } : { scope: "all" };
    const question = day.value ? t("conversation.sure_day", { day: dayOf(`${day.value}T12:00`) }) : t("conversation.sure_all");
    if (!(await confirmed(t, question, t("conversation.forget")))) return;
    const gone = await attempt(context, () => api.post("/api/conversation/forget", wish));
    if (gone) {
      context.toast(t("conversation.forgotten"));
      await load();
    }
  }

  function showEmpty() {
    root.querySelector(".empty")?.remove();
    if (!list.children.length) list.after(h("p", { class: "empty" }, t(filtered ? "conversation.nothing_found" : "conversation.empty")));
  }

  const reload = soon(load, 250);
  search.addEventListener("input", reload);
  day.addEventListener("change", reload);
  older.addEventListener("click", loadOlder);
  const stops = [
    news.on("entry", (entry) => {
      if (filtered) return;
      add([entry], false);
      showEmpty();
    }),
    news.on("turn", (turn) => {
      const found = list.querySelector(`[data-turn="${CSS.escape(turn.turn_id)}"]`);
      if (found) showRoute(found, turn.route);
    }),
    news.on("lost", reload),
  ];
  const rooms = await attempt(context, () => api.get("/api/rooms"));
  for (const room of rooms ?? []) if (room.name) names.set(room.client_id, room.name);
  await load();
  return () => stops.forEach((stop) => stop());
}

function stamp(moment) {
  const at = new Date(moment);
  const today = new Date();
  return at.toDateString() === today.toDateString() ? clock(at) : `${dayOf(at)}, ${clock(at)}`;
}

function iso(days) {
  const at = new Date();
  at.setDate(at.getDate() + days);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}
