// The plugins: what they do, whether they are wanted, what they need to know.

import { fill, h } from "../../dom.js";
import { attempt, told } from "./parts.js";
import { soon } from "./news.js";
import { pluginForm } from "./plugin_form.js";

const TONE = { ready: "good", needs_config: "warn", quarantined: "bad", refused: "bad" };

export async function mount(root, context) {
  const { t, api, news } = context;
  const list = h("div", { class: "grid plugins" });
  root.append(list);

  async function load() {
    const plugins = await attempt(context, () => api.get("/api/plugins"));
    if (!plugins) return;
    for (const plugin of plugins) {
      const old = list.querySelector(`[data-plugin="${CSS.escape(plugin.name)}"]`);
      if (!old) list.append(cardOf(plugin));
      else if (!old.querySelector("details[open]")) old.replaceWith(cardOf(plugin));
    }
    for (const card of [...list.children]) if (!plugins.some((plugin) => plugin.name === card.dataset.plugin)) card.remove();
    if (!plugins.length) fill(list, h("p", { class: "empty" }, t("plugins.empty")));
  }

  function cardOf(plugin) {
    const wanted = h("input", { type: "checkbox", class: "switch", role: "switch", checked: plugin.enabled, "aria-label": t("plugins.use", { name: plugin.title }) });
    wanted.addEventListener("change", () => put(plugin.name, { enabled: wanted.checked }));
    const faults = (plugin.faults ?? []).map((fault) => h("li", {}, told(fault)));
    return h(
      "article",
      { class: "card plugin", data: { plugin: plugin.name } },
      h("div", { class: "row spread head" }, h("h3", {}, told(plugin.title)), wanted),
      h("p", { class: "soft" }, told(plugin.description)),
      h("div", { class: "row" }, h("span", { class: `tag ${TONE[plugin.state] ?? ""}` }, t(`plugins.${plugin.state}`)), plugin.own ? h("span", { class: "tag" }, t("plugins.own")) : null, plugin.calls ? h("span", { class: "soft small" }, t("plugins.calls", { count: plugin.calls, ms: Math.round(plugin.p50_ms ?? 0) })) : null),
      faults.length ? h("ul", { class: "faults small" }, faults) : null,
      plugin.fields.length ? h("details", {}, h("summary", {}, t("plugins.settings")), pluginForm(t, plugin, (wish) => put(plugin.name, wish))) : null,
    );
  }

  async function put(name, wish) {
    const plugin = await attempt(context, () => api.put(`/api/plugins/${encodeURIComponent(name)}`, wish));
    const old = list.querySelector(`[data-plugin="${CSS.escape(name)}"]`);
    if (!plugin) {
      await load();
      return false;
    }
    old.replaceWith(cardOf(plugin));
    context.announce(t("saved"));
    if (wish.config || wish.secrets) context.toast(t("saved"));
    return true;
  }

  const stops = [news.on("plugins", soon(load, 400)), news.on("lost", soon(load, 400))];
  await load();
  return () => stops.forEach((stop) => stop());
}
