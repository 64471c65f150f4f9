// The house: what is said in it, its rooms, its assistant, its plugins, its models, its devices.

import { fill, h, icon } from "../dom.js";
import { News } from "./house/news.js";
import { Wishes } from "./house/wishes.js";

const PARTS = {
  conversation: ["talk", () => import("./house/conversation.js")],
  rooms: ["house", () => import("./house/rooms.js")],
  assistant: ["settings", () => import("./house/assistant.js")],
  plugins: ["plus", () => import("./house/plugins.js")],
  models: ["volume", () => import("./house/models.js")],
  devices: ["link", () => import("./house/devices.js")],
};

/** Show the house; the part is in the address ("#house/rooms"). */
export async function mount(root, context) {
  const { t } = context;
  const news = new News();
  const wishes = new Wishes(context);
  const tabs = h("nav", { class: "tabs", "aria-label": t("parts") });
  const place = h("section", { class: "part" });
  let unmount = () => {};
  let shown = null;

  fill(tabs, Object.entries(PARTS).map(([name, [symbol]]) => h("a", { href: `#house/${name}`, data: { part: name } }, icon(symbol), t(`part.${name}`))));
  root.append(h("h1", {}, t("title")), tabs, place);

  async function show() {
    const [view, wanted] = location.hash.slice(1).split("/");
    if (view !== "house") return;
    const name = wanted in PARTS ? wanted : "conversation";
    if (name === shown) return;
    const first = shown === null;
    shown = name;
    for (const a of tabs.children) {
      if (a.dataset.part === name) {
        a.setAttribute("aria-current", "true");
        tabs.scrollTo({ left: a.offsetLeft - (tabs.clientWidth - a.clientWidth) / 2 });
      } else a.removeAttribute("aria-current");
    }
    const module = await PARTS[name][1]();
    if (name !== shown) return;
    unmount();
    const title = h("h2", { tabIndex: -1, class: "unseen" }, t(`part.${name}`));
    const inner = h("div", { class: "stack wide" });
    fill(place, title, inner);
    unmount = (await module.mount(inner, { ...context, news, wishes })) ?? (() => {});
    if (!first) title.focus({ preventScroll: true });
  }

  function failed(error) {
    if (!error.code) console.error(error);
    fill(place, h("p", { class: "empty", role: "alert" }, error.code ? error.message : t("failed")));
  }

  const go = () => show().catch(failed);
  addEventListener("hashchange", go);
  news.on("settings", () => wishes.load().catch(failed));
  await wishes.load().then(show).catch(failed);
  return () => {
    removeEventListener("hashchange", go);
    unmount();
    news.close();
    root.replaceChildren();
  };
}
