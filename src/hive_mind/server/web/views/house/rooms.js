// The rooms: who is there, what runs there, and words to say there.

import { fill, h, icon } from "../../dom.js";
import { attempt, form } from "./parts.js";
import { soon } from "./news.js";
import { RoomCard } from "./room_card.js";

const TICK_MS = 1000;

export async function mount(root, context) {
  const { t, api, news, wishes } = context;
  const cards = new Map();
  const grid = h("div", { class: "grid rooms" });
  const text = h("input", { type: "text", required: true, maxLength: 1000, placeholder: t("rooms.say_all.short"), "aria-label": t("rooms.say_all") });
  const undo = h("button", { type: "button", class: "button", hidden: true, on: { click: () => wishes.undo() } }, icon("undo"), t("undo"));
  const say = form({ class: "row say" }, sayEverywhere, text, h("button", { class: "button main" }, icon("bell"), t("rooms.say")));
  fill(root, h("div", { class: "row spread" }, say, undo), grid);

  async function sayEverywhere() {
    const said = await attempt(context, () => api.post("/api/rooms/say", { text: text.value }));
    if (!said) return;
    context.toast(t(said.said ? "rooms.said" : "rooms.nobody"));
    if (said.said) text.value = "";
  }

  async function load() {
    const rooms = await attempt(context, () => api.get("/api/rooms"));
    if (!rooms) return;
    const seen = new Set();
    for (const room of rooms.filter(matters).sort(byPresence)) {
      seen.add(room.client_id);
      let card = cards.get(room.client_id);
      if (!card) {
        card = new RoomCard(context);
        cards.set(room.client_id, card);
        grid.append(card.element);
      }
      card.show(room);
    }
    for (const [clientId, card] of cards) {
      if (seen.has(clientId)) continue;
      card.element.remove();
      cards.delete(clientId);
    }
    root.querySelector(".empty")?.remove();
    if (!cards.size) root.append(h("p", { class: "empty" }, t("rooms.empty")));
  }

  const showUndo = () => {
    undo.hidden = !wishes.now.undo;
  };
  const reload = soon(load);
  const ticking = setInterval(() => {
    for (const card of cards.values()) card.tick();
  }, TICK_MS);
  const stops = [...["rooms", "turn", "lost"].map((kind) => news.on(kind, reload)), wishes.watch(reload), wishes.watch(showUndo), () => clearInterval(ticking)];
  showUndo();
  await load();
  return () => stops.forEach((stop) => stop());
}

/** A page that was closed is nothing to see. */
function matters(room) {
  return room.connected || room.can.local_commands || room.timers.length || room.alarms.length || Object.keys(room.wished).length;
}

function byPresence(one, other) {
  return other.connected - one.connected || (one.room ?? "").localeCompare(other.room ?? "");
}
