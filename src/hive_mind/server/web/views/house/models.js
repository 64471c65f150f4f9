// What the house thinks, hears and speaks with: which models there are, which serve, and how far a download is.

import { fill, h } from "../../dom.js";
import { attempt, field, size, told } from "./parts.js";
import { soon } from "./news.js";

const SETTING = { llm: "llm_model", stt: "stt_model" };
const GROUPS = { llm: ["llm"], stt: ["stt"], tts: ["tts", "voice"] };

export async function mount(root, context) {
  const { t, api, news, wishes } = context;
  const place = h("div", { class: "stack" });
  const voice = h("select", {});
  const bars = new Map();
  root.append(place);

  async function load() {
    const all = await attempt(context, () => api.get("/api/models"));
    if (!all) return;
    bars.clear();
    fill(
      place,
      h("article", { class: "card" }, h("div", { class: "row" }, h("h3", {}, t("models.now")), h("span", { class: `tag ${all.llm_state === "ready" ? "good" : "warn"}` }, t(`models.llm_${all.llm_state}`)), h("span", { class: "soft small" }, told(all.llm_engine))), voiceField(all)),
      Object.entries(GROUPS).map(([name, kinds]) => groupOf(name, all.models.filter((model) => kinds.includes(model.kind)))),
    );
  }

  function voiceField(all) {
    fill(voice, h("option", { value: "" }, t("models.best_voice")), all.voices.map((id) => h("option", { value: id }, id)));
    voice.value = all.voice ?? "";
    voice.disabled = "voice" in wishes.now.fixed;
    return field(t("models.voice"), voice, voice.disabled ? t("fixed", { by: wishes.now.fixed.voice }) : t("models.voice_hint"));
  }

  function groupOf(kind, models) {
    const fixed = wishes.now.fixed[SETTING[kind]];
    return h("article", { class: "card" }, h("h3", {}, t(`models.${kind}`)), fixed ? h("p", { class: "hint small soft" }, t("fixed", { by: fixed })) : null, h("ul", { class: "list" }, models.map((model) => rowOf(model, fixed))));
  }

  function rowOf(model, fixed) {
    const installed = model.state === "installed";
    const choice = SETTING[model.kind] ? h("input", { type: "radio", name: model.kind, checked: model.chosen, disabled: !installed || Boolean(fixed), "aria-label": t("models.choose", { name: model.title }) }) : null;
    choice?.addEventListener("change", () => wishes.change({ [SETTING[model.kind]]: model.id }).then(load));
    const bar = h("progress", { max: 1, hidden: true, "aria-label": t("models.progress", { name: model.title }) });
    const state = h("span", { class: "soft small", role: "status" });
    const pull = h("button", { type: "button", class: "button", hidden: installed }, t(model.state === "damaged" ? "models.repair" : "models.pull", { size: size(model.bytes, t) }));
    pull.addEventListener("click", () => attempt(context, () => api.post(`/api/models/${encodeURIComponent(model.id)}/pull`)));
    bars.set(model.id, { bar, state, pull });
    if (model.download && model.download.state !== "done") showDownload(model.download);
    return h("li", { class: "model" }, choice, h("div", { class: "about" }, h("strong", {}, told(model.title)), h("p", { class: "soft small" }, told(model.about)), h("p", { class: "soft small" }, `${size(model.bytes, t)} · ${t("models.memory", { size: size(model.ram_mb * 1e6, t) })} · ${model.licence}`), bar, state), installed ? h("span", { class: "tag good" }, t("models.here")) : null, pull);
  }

  function showDownload(download) {
    const shown = bars.get(download.model_id);
    if (!shown) return;
    const running = ["waiting", "running"].includes(download.state);
    shown.bar.hidden = !running;
    shown.pull.disabled = running;
    if (download.total) shown.bar.value = download.done / download.total;
    else shown.bar.removeAttribute("value");
    if (download.state === "failed") shown.state.textContent = download.message;
    else if (running) shown.state.textContent = download.total ? t("models.so_far", { done: size(download.done, t), total: size(download.total, t) }) : t("models.waiting");
    else load();
  }

  voice.addEventListener("change", () => wishes.change({ voice: voice.value || null }));
  const stops = [news.on("download", showDownload), news.on("lost", soon(load))];
  await load();
  return () => stops.forEach((stop) => stop());
}
