// Shows one view at a time, by the part of the address behind `#`. A view is a module that exports
// `mount(root, context) -> unmount`; its words are data/<language>/<view>.json, its styles <view>.css. It may also
// export `full = true` to have the whole screen, and `keep = true` to stay as it is while another one is shown: it
// is told so by the events `leave` and `enter` of its root.

import { fill, h } from "./dom.js";
import { load } from "./words.js";

/**
 * @param {HTMLElement} root where views stand.
 * @param {Object<string, () => Promise<Object>>} views name to the import of its module; the first is the default.
 * @param {(name: string, t: Function) => Object} contextOf what a view is given.
 * @param {(name: string) => void} onShown told of each change.
 */
export function startRouter(root, views, contextOf, onShown) {
  const names = Object.keys(views);
  const kept = new Map();
  let leave = () => {};
  let wanted = null;

  async function show() {
    const [name] = location.hash.slice(1).split("/");
    const view = names.includes(name) ? name : names[0];
    if (view === wanted) return;
    const first = wanted === null;
    wanted = view;
    const [module, t] = await Promise.all([views[view](), load(view), styles(view)]);
    if (view !== wanted) return;
    leave();
    root.className = module.full ? "full" : "";
    const context = contextOf(view, t);
    document.title = context.title(t("title"));
    const place = kept.get(view) ?? h("div", { class: "view" });
    root.replaceChildren(place);
    if (kept.has(view)) {
      place.dispatchEvent(new Event("enter"));
    } else {
      leave = (await module.mount(place, context)) ?? (() => {});
      if (module.keep) kept.set(view, place);
    }
    if (module.keep) leave = () => place.dispatchEvent(new Event("leave"));
    onShown(view);
    if (!first) root.focus({ preventScroll: true });
  }

  function failed(error) {
    console.error(error);
    wanted = null;
    const { t } = contextOf(names[0], null);
    fill(root, h("p", { class: "empty", role: "alert" }, t("view.failed")));
  }

  const go = () => show().catch(failed);
  addEventListener("hashchange", go);
  return go();
}

/** The stylesheet of a view, once, before it is shown. */
function styles(view) {
  const href = `/web/${view}.css`;
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((done) => {
    const link = h("link", { rel: "stylesheet", href });
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}
