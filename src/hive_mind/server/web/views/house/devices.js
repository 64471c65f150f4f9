// The devices that may speak with the house: let a new one in, shut one out.

import { fill, h, icon } from "../../dom.js";
import { attempt, confirmed, dayOf, duration, field, form, nameOf, told } from "./parts.js";
import { qrCode } from "./qr.js";

const LOOK_MS = 4000;

export async function mount(root, context) {
  const { t, api } = context;
  const code = h("div", { class: "stack code", "aria-live": "polite" });
  const waiting = h("ul", { class: "list" });
  const list = h("ul", { class: "list clients" });
  const digits = h("input", { type: "text", inputMode: "numeric", pattern: "\\d{3} ?\\d{3}", maxLength: 7, required: true, autocomplete: "off", placeholder: "123 456" });
  let ends = 0;

  fill(
    root,
    h(
      "div",
      { class: "grid" },
      h("article", { class: "card" }, h("h3", {}, t("devices.add")), h("p", { class: "soft small" }, t("devices.add_hint")), h("button", { type: "button", class: "button main", on: { click: showCode } }, icon("plus"), t("devices.show_code")), code),
      h("article", { class: "card" }, h("h3", {}, t("devices.knocking")), h("p", { class: "soft small" }, t("devices.knocking_hint")), waiting, form({ class: "row" }, approve, field(t("devices.digits"), digits), h("button", { class: "button" }, t("devices.let_in")))),
    ),
    h("article", { class: "card" }, h("h3", {}, t("devices.known")), list),
  );

  async function showCode() {
    const made = await attempt(context, () => api.post("/api/pair/codes"));
    if (!made) return;
    ends = Date.now() + made.expires_in * 1000;
    const squares = await attempt(context, () => api.post("/api/qr", { text: made.link ?? `${location.origin}/#code=${made.code}` }));
    fill(code, h("p", { class: "digits" }, `${made.code.replace(/\s/g, "").slice(0, 3)} ${made.code.replace(/\s/g, "").slice(3)}`), squares ? qrCode(squares, t("devices.qr")) : null, h("p", { class: "soft small left" }));
    tick();
  }

  async function approve() {
    const client = await attempt(context, () => api.post("/api/pair/approve", { code: digits.value }));
    if (!client) return;
    digits.value = "";
    context.toast(t("devices.welcome", { name: nameOf(client) }));
    await load();
  }

  async function load() {
    const [clients, knocking] = await Promise.all([attempt(context, () => api.get("/api/clients")), attempt(context, () => api.get("/api/pair/requests"))]);
    if (clients) fill(list, clients.length ? clients.map(rowOf) : h("li", { class: "soft" }, t("devices.nobody")));
    if (knocking) fill(waiting, knocking.filter((one) => !one.approved).map((one) => h("li", {}, h("span", { class: "name" }, told(nameOf(one))), h("span", { class: "soft small" }, one.address ?? ""), turnAway(one))));
  }

  function turnAway(one) {
    const button = h("button", { type: "button", class: "icon-button", "aria-label": t("devices.turn_away", { name: nameOf(one) }) }, icon("close"));
    button.addEventListener("click", async () => {
      await attempt(context, () => api.delete(`/api/pair/requests/${encodeURIComponent(one.request_id)}`));
      await load();
    });
    return button;
  }

  function rowOf(client) {
    const name = nameOf(client);
    const revoke = h("button", { type: "button", class: "button danger" }, t("devices.revoke"));
    revoke.addEventListener("click", async () => {
      if (!(await confirmed(t, t("devices.sure", { name }), t("devices.revoke")))) return;
      await attempt(context, () => api.delete(`/api/clients/${encodeURIComponent(client.client_id)}`));
      await load();
    });
    return h("li", {}, h("span", { class: "name" }, told(name)), client.connected ? h("span", { class: "tag good" }, t("rooms.there")) : null, client.shut_out ? h("span", { class: "tag bad" }, t("devices.shut_out")) : null, client.rights?.admin ? h("span", { class: "tag" }, t("devices.admin")) : null, client.paired_at ? h("span", { class: "soft small" }, t("devices.since", { day: dayOf(client.paired_at) })) : null, client.shut_out ? null : revoke);
  }

  function tick() {
    const place = code.querySelector(".left");
    if (!place) return;
    const left = (ends - Date.now()) / 1000;
    if (left > 0) place.textContent = t("devices.expires", { left: duration(left) });
    else fill(code, h("p", { class: "soft" }, t("devices.expired")));
  }

  const ticking = setInterval(tick, 1000);
  const looking = setInterval(() => document.visibilityState === "visible" && load(), LOOK_MS);
  await load();
  return () => {
    clearInterval(ticking);
    clearInterval(looking);
  };
}
