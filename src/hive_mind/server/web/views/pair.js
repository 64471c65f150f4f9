// A device that the house does not know yet: it says its name and the six digits that somebody of the house shows it.

import { fill, h } from "../dom.js";
import { form, field } from "./house/parts.js";

/** Ask for the digits; they may stand in the address ("#pair/123456"). */
export function mount(root, context) {
  const { t, api, link } = context;
  const [, given] = location.hash.slice(1).split("/");
  const digits = h("input", { type: "text", inputMode: "numeric", pattern: "\\d{3} ?\\d{3}", maxLength: 7, required: true, autocomplete: "one-time-code", class: "digits", value: /^\d{6}$/.test(given ?? "") ? `${given.slice(0, 3)} ${given.slice(3)}` : "" });
  const name = h("input", { type: "text", maxLength: 80, required: true, autocomplete: "off", value: t(matchMedia("(pointer: coarse)").matches ? "phone" : "computer") });
  const room = h("input", { type: "text", maxLength: 40, autocomplete: "off" });
  const fault = h("p", { class: "fault", role: "alert" });

  async function enter() {
    fault.textContent = "";
    const who = { client_id: link.me.client_id, name: name.value.trim(), code: digits.value.trim(), cookies: true };
    if (room.value.trim()) who.room = room.value.trim();
    try {
      await api.post("/api/pair", who);
    } catch (error) {
      if (!error.code) throw error;
      fault.textContent = error.message;
      digits.select();
      return;
    }
    if (who.room) {
      localStorage.setItem("room", who.room);
      link.me.room = who.room;
    }
    context.announce(t("welcome"));
    link.open();
    location.hash = "#talk";
  }

  fill(
    root,
    h(
      "article",
      { class: "card pair" },
      h("h1", {}, t("title")),
      h("p", { class: "soft" }, t("how")),
      form({ class: "stack" }, enter, field(t("digits"), digits), field(t("name"), name), field(t("room"), room, t("room_hint")), fault, h("button", { class: "button main" }, t("enter"))),
    ),
  );
  if (!digits.value) digits.focus();
}
