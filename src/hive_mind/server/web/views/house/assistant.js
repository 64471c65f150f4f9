// The assistant itself: its name, what it knows of the house, when it is night; and every change, to be undone.

import { fill, h, icon } from "../../dom.js";
import { attempt, clock, dayOf, field, form, told } from "./parts.js";

const MOST_FACTS = 20;
const NIGHT = ["22:00", "07:00"];

export async function mount(root, context) {
  const { t, wishes } = context;
  const name = h("input", { type: "text", maxLength: 40, autocomplete: "off" });
  const facts = h("ul", { class: "list facts" });
  const fresh = h("input", { type: "text", maxLength: 160, required: true, placeholder: t("assistant.fact_example") });
  const night = h("input", { type: "checkbox", class: "switch", role: "switch", "aria-label": t("assistant.night") });
  const [from, to] = NIGHT.map((value) => h("input", { type: "time", value, required: true }));
  const hours = h("div", { class: "row" }, field(t("assistant.from"), from), field(t("assistant.to"), to));
  const history = h("ol", { class: "list history" });
  const undo = h("button", { type: "button", class: "button", on: { click: () => wishes.undo() } }, icon("undo"), t("undo"));
  const fixed = h("p", { class: "hint", hidden: true });

  const naming = form({ class: "stack" }, () => wishes.change({ persona: name.value.trim() || null }), field(t("assistant.name"), name, t("assistant.name_hint")), fixed, h("button", { class: "button" }, t("save")));
  const adding = form({ class: "row" }, addFact, field(t("assistant.fact"), fresh), h("button", { class: "button" }, icon("plus"), t("add")));
  night.addEventListener("change", saveNight);
  for (const input of [from, to]) input.addEventListener("change", saveNight);

  fill(
    root,
    h(
      "div",
      { class: "side-by-side" },
      h("article", { class: "card" }, h("h3", {}, t("assistant.who")), naming),
      h("article", { class: "card" }, h("h3", {}, t("assistant.facts")), h("p", { class: "soft small" }, t("assistant.facts_hint")), facts, adding),
      h("article", { class: "card" }, h("div", { class: "row spread" }, h("h3", {}, t("assistant.night")), night), h("p", { class: "soft small" }, t("assistant.night_hint")), hours),
      h("article", { class: "card" }, h("div", { class: "row spread" }, h("h3", {}, t("assistant.changes")), undo), history),
    ),
  );

  async function addFact() {
    const text = fresh.value.trim();
    if (text && (await wishes.change({ facts: [...wishes.now.values.facts, text] }))) fresh.value = "";
  }

  async function saveNight() {
    await wishes.change({ night: night.checked ? `${from.value}-${to.value}` : null });
  }

  function show(settings) {
    const { values } = settings;
    if (document.activeElement !== name) name.value = settings.persona;
    name.disabled = "persona" in settings.fixed;
    fixed.hidden = !name.disabled;
    fixed.textContent = name.disabled ? t("fixed", { by: settings.fixed.persona }) : "";
    fill(facts, values.facts.map((fact, i) => factOf(fact, i)));
    facts.hidden = !values.facts.length;
    fresh.disabled = values.facts.length >= MOST_FACTS;
    night.checked = Boolean(values.night);
    hours.hidden = !values.night;
    if (values.night && !hours.contains(document.activeElement)) [from.value, to.value] = values.night.split("-");
    undo.disabled = !settings.undo;
    showHistory();
  }

  function factOf(fact, place) {
    const remove = h("button", { type: "button", class: "icon-button", "aria-label": t("assistant.forget_fact", { fact }) }, icon("close"));
    remove.addEventListener("click", () => wishes.change({ facts: wishes.now.values.facts.filter((_, i) => i !== place) }));
    return h("li", {}, h("span", { class: "name" }, told(fact)), remove);
  }

  async function showHistory() {
    const changes = await attempt(context, () => context.api.get("/api/settings/history"));
    if (!changes) return;
    fill(history, changes.slice(0, 8).map((change) => h("li", {}, h("time", { class: "soft small", dateTime: change.at }, `${dayOf(change.at)}, ${clock(change.at)}`), h("span", {}, told(lineOf(change))))));
    if (!changes.length) fill(history, h("li", { class: "soft" }, t("assistant.no_changes")));
  }

  function lineOf(change) {
    const lines = Object.entries(change.after).map(([path, value]) => `${pathName(path)} : ${shown(path, value)}`);
    return (change.undoes ? `${t("assistant.taken_back")} ` : "") + lines.join(" · ");
  }

  function pathName(path) {
    if (!path.startsWith("clients.")) return t(`setting.${path}`);
    const end = path.lastIndexOf(".");
    return `${path.slice(8, end)} · ${t(`rooms.${path.slice(end + 1)}`)}`;
  }

  function shown(path, value) {
    if (value === null) return t("assistant.usual");
    if (Array.isArray(value)) return value.join(" ");
    if (typeof value === "object") return Object.entries(value).map(([word, share]) => `${word.replaceAll("_", " ")} (${share})`).join(", ");
    return path.endsWith(".volume") ? `${value} %` : String(value);
  }

  const stop = wishes.watch(show);
  show(wishes.now);
  return stop;
}
