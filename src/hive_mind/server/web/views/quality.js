// How well the house answers: speed by day and room, what went wrong, and any turn stage by stage.

import { fill, h } from "../dom.js";
import { attempt, clock, dayOf, told } from "./house/parts.js";
import { News, soon } from "./house/news.js";
import { bars, columns, lines } from "./quality/charts.js";
import { turnOf } from "./quality/turn.js";

const DAYS = 7;
const TURNS = 40;

/** Show the figures; "#quality/<turn>" opens that turn. */
export async function mount(root, context) {
  const { t, api } = context;
  const news = new News();
  const room = h("select", { "aria-label": t("room") }, h("option", { value: "" }, t("all_rooms")));
  const figures = h("div", { class: "stack" });
  const turns = h("ol", { class: "list brief" });
  const shown = h("section", { class: "card shown", "aria-live": "polite", hidden: true });

  root.append(
    h(
      "div",
      { class: "stack quality" },
      h("div", { class: "row spread" }, h("h1", {}, t("title")), room),
      figures,
      shown,
      h("article", { class: "card" }, h("h2", {}, t("turns")), turns),
    ),
  );

  async function load() {
    const asked = new URLSearchParams({ days: String(DAYS) });
    if (room.value) asked.set("room", room.value);
    const [told, newest] = await Promise.all([
      attempt(context, () => api.get(`/api/quality?${asked}`)),
      attempt(context, () => api.get(`/api/turns?limit=${TURNS}`)),
    ]);
    if (told) showFigures(told);
    if (newest) showTurns(newest.filter((turn) => !room.value || turn.room === room.value));
  }

  function showFigures(all) {
    const known = [...room.options].map((option) => option.value);
    for (const name of all.known_rooms) if (!known.includes(name)) room.append(h("option", { value: name }, name));
    const audio = all.total.heard > 0;
    const [p50, p95] = audio ? ["audio_p50_ms", "audio_p95_ms"] : ["text_p50_ms", "text_p95_ms"];
    const days = all.days.map((day) => ({ label: shortDay(day.day), name: dayOf(`${day.day}T12:00`), degraded_min: day.degraded_s / 60, ...day }));
    const sum = (key) => all.days.reduce((total, day) => total + day[key], 0);
    fill(
      figures,
      h(
        "dl",
        { class: "tiles" },
        tile(seconds(all.total[p50]), t(audio ? "p50" : "p50_text")),
        tile(seconds(all.total[p95]), t("p95")),
        tile(String(all.total.turns), t("answered", { count: all.total.turns })),
        tile(String(sum("false_wakes")), t("false_wakes_of", { count: sum("wakes") })),
        tile(String(sum("reconnections")), t("reconnections")),
        tile(minutes(sum("degraded_s")), t("degraded")),
      ),
      h(
        "div",
        { class: "grid charts" },
        card(t(audio ? "speed" : "speed_text"), lines(t, days, [[p50, t("p50_short")], [p95, t("p95_short")]], seconds)),
        card(t("by_stage"), bars(t, inOrder(all.stages).map((one) => ({ label: stageName(one.stage), value: one.p50_ms, more: one.p95_ms, count: one.count })), seconds)),
        card(t("by_room"), bars(t, all.rooms.map((one) => ({ label: one.name || t("nowhere"), value: one[p50], more: one[p95], count: one.turns })), seconds)),
        card(t("by_route"), bars(t, all.routes.map((one) => ({ label: t(`route.${one.name}`), value: one[p50], more: one[p95], count: one.turns })), seconds)),
        card(t("wakes"), columns(t, days, [["wakes", t("wakes_short")], ["false_wakes", t("false_wakes")]]), "third"),
        card(t("outages"), columns(t, days, [["reconnections", t("reconnections")], ["failed", t("failed")]]), "third"),
        card(t("without_server"), columns(t, days, [["degraded_min", t("degraded_short")]], (min) => `${NUMBER.format(min)} min`), "third"),
      ),
    );
  }

  function showTurns(newest) {
    fill(
      turns,
      newest.map((turn) =>
        h(
          "li",
          {},
          h("a", { class: "turn-link", href: `#quality/${encodeURIComponent(turn.turn_id)}` }, told(turn.heard.slice(0, 200) || t("nothing_heard"))),
          h("span", { class: "tag route", data: { route: turn.route } }, t(`route.${turn.route}`)),
          h("span", { class: "soft small" }, `${turn.room ?? turn.client_id} · ${clock(turn.begun)} · ${seconds(turn.first_audio_ms ?? turn.first_text_ms)}`),
        ),
      ),
    );
    if (!newest.length) fill(turns, h("li", { class: "empty" }, t("no_turns")));
  }

  async function open() {
    const [view, id] = location.hash.slice(1).split("/");
    if (view !== "quality") return;
    shown.hidden = !id;
    if (!id) return;
    const turn = await attempt(context, () => api.get(`/api/turns/${id}`));
    shown.hidden = !turn;
    if (!turn) return;
    fill(shown, turnOf(t, turn, seconds, stageName));
    shown.scrollIntoView({ block: "nearest" });
  }

  const places = t("stages").split(" ");
  const inOrder = (stages) => [...stages].sort((one, other) => places.indexOf(one.stage) - places.indexOf(other.stage));
  const stageName = (stage) => (t("stages").split(" ").includes(stage) ? t(`stage.${stage}`) : stage.replaceAll("_", " "));
  const opened = () => open().catch(console.error);
  const stops = [news.on("turn", soon(load, 400)), news.on("lost", soon(load, 400))];
  room.addEventListener("change", load);
  addEventListener("hashchange", opened);
  await load();
  await open();
  return () => {
    removeEventListener("hashchange", opened);
    stops.forEach((stop) => stop());
    news.close();
    root.replaceChildren();
  };
}

function tile(value, name) {
  return h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, value));
}

function card(title, chart, size = "half") {
  return h("figure", { class: `card chart ${size}` }, h("figcaption", {}, title), chart);
}

const NUMBER = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

function seconds(ms) {
  if (ms === null || ms === undefined) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${NUMBER.format(ms / 1000)} s`;
}

function minutes(s) {
  return s < 60 ? `${Math.round(s)} s` : `${Math.round(s / 60)} min`;
}

function shortDay(day) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short" }).format(new Date(`${day}T12:00`)).replace(".", "");
}
