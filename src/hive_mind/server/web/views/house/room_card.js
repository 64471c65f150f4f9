// One client of the house: state, timers, alarms, and what is wished of it.

import { fill, h, icon } from "../../dom.js";
import { attempt, clock, duration, field, form, nameOf, told } from "./parts.js";
import { wakeWords } from "./wake_words.js";

const LOW_BATTERY = 0.2;

export class RoomCard {
  #context;
  #room = null;
  #ahead = 0;
  #head = h("header", { class: "head" });
  #things = h("ul", { class: "list things" });
  #volume = h("input", { type: "range", min: 0, max: 100, step: 5 });
  #level = h("output", { class: "soft small" });
  #name = h("input", { type: "text", maxLength: 40 });
  #place = h("input", { type: "text", maxLength: 40 });
  #words = h("div", { class: "stack" });
  #state = h("p", { class: "small", role: "status" });
  #shownWords = "";

  constructor(context) {
    this.#context = context;
    const { t } = context;
    const volume = field(t("rooms.volume"), this.#volume);
    volume.append(this.#level);
    this.#volume.addEventListener("change", () => this.#wish({ volume: Number(this.#volume.value) }));
    this.#volume.addEventListener("input", () => (this.#level.textContent = `${this.#volume.value} %`));
    this.element = h(
      "article",
      { class: "card room" },
      this.#head,
      this.#things,
      h("div", { class: "row deeds" }, this.#adder("timer", () => this.#timerForm()), this.#adder("bell", () => this.#alarmForm()), this.#adder("talk", () => this.#sayForm())),
      volume,
      this.#state,
      h("details", {}, h("summary", {}, t("rooms.more")), this.#naming(), this.#words),
    );
  }

  /** Show the client as it is now; what somebody types just now is left alone. */
  show(room) {
    this.#room = room;
    this.#ahead = new Date(room.now).getTime() - Date.now();
    const { t } = this.#context;
    fill(
      this.#head,
      h("h3", {}, told(room.client_id === this.#context.link.me.client_id && !room.name ? t("rooms.this_page") : nameOf(room))),
      h("span", { class: `tag ${room.answering ? "live" : room.connected ? "good" : ""}` }, t(room.answering ? "rooms.answering" : room.connected ? "rooms.there" : "rooms.away")),
      room.rings ? this.#ringing() : null,
      typeof room.battery === "number" ? h("span", { class: `tag ${room.battery < LOW_BATTERY ? "bad" : ""}` }, t("rooms.battery", { percent: Math.round(room.battery * 100) })) : null,
      nameOf(room) !== room.client_id ? h("p", { class: "soft small id" }, told(room.room && room.name ? `${room.room} · ${room.client_id}` : room.client_id)) : null,
    );
    const level = room.here.volume ?? room.wished.volume;
    this.#volume.disabled = level === undefined;
    if (document.activeElement !== this.#volume) {
      this.#volume.value = level ?? 100;
      this.#level.textContent = level === undefined ? "" : `${level} %`;
    }
    if (document.activeElement !== this.#name) this.#name.value = room.name ?? "";
    if (document.activeElement !== this.#place) this.#place.value = room.wished.room ?? room.room ?? "";
    this.#showState();
    this.#showWords();
    this.tick();
  }

  /** Timers go down. */
  tick() {
    const { t } = this.#context;
    if (!this.#room) return;
    const { timers, alarms, stopwatch } = this.#room;
    const now = Date.now() + this.#ahead;
    const left = (timer) => (timer.due ? (new Date(timer.due).getTime() - now) / 1000 : timer.remaining_s);
    const wanted = [...timers.map((x) => x.timer_id), ...alarms.map((x) => x.alarm_id), ...(stopwatch ? ["stopwatch"] : [])].join(" ");
    if (this.#things.dataset.shown !== wanted) {
      this.#things.dataset.shown = wanted;
      fill(
        this.#things,
        timers.map((timer) => this.#thing(`timers/${encodeURIComponent(timer.timer_id)}`, "timer", timer.name || t("rooms.timer"))),
        alarms.map((alarm) => this.#thing(`alarms/${encodeURIComponent(alarm.alarm_id)}`, "bell", alarm.name || t("rooms.alarm"), (alarm.days ?? []).map((day) => t(`day.${day}`)).join(" "))),
        stopwatch ? this.#thing("stopwatch", "stopwatch", t("rooms.stopwatch")) : null,
      );
    }
    this.#things.hidden = !wanted;
    const shown = this.#things.querySelectorAll(".when");
    timers.forEach((timer, i) => (shown[i].textContent = timer.due ? duration(left(timer)) : t("rooms.paused", { left: duration(left(timer)) })));
    alarms.forEach((alarm, i) => (shown[timers.length + i].textContent = whenOf(alarm)));
    if (stopwatch) {
      const runs = stopwatch.started ? Math.max(0, (now - new Date(stopwatch.started).getTime()) / 1000) : 0;
      const passed = duration(stopwatch.elapsed_s + runs);
      shown[timers.length + alarms.length].textContent = stopwatch.started ? passed : t("rooms.stopped", { passed });
    }
  }

  #thing(path, symbol, name, more = "") {
    const { t } = this.#context;
    const cancel = h("button", { type: "button", class: "icon-button", "aria-label": t("rooms.cancel", { name }) }, icon("close"));
    cancel.addEventListener("click", () => this.#call("delete", path));
    return h("li", {}, icon(symbol), h("span", { class: "name" }, told(name), more ? h("span", { class: "sub soft small" }, more) : null), h("span", { class: "when" }), cancel);
  }

  #ringing() {
    const { t } = this.#context;
    return h("button", { type: "button", class: "button main", on: { click: () => this.#call("post", "silence") } }, icon("bell"), t("rooms.silence"));
  }

  #showState() {
    const { t } = this.#context;
    const room = this.#room;
    const refused = Object.entries(room.refused);
    this.#state.className = "small soft";
    if (refused.length) {
      this.#state.className = "small fault";
      this.#state.textContent = refused.map(([name, why]) => t("rooms.refused", { name: t(`rooms.${name}`), why })).join(" ");
    } else if (!Object.keys(room.wished).length || !room.can.settings) this.#state.textContent = "";
    else if (room.obeyed === null || room.obeyed < room.asked) this.#state.textContent = t("rooms.waiting");
    else this.#state.textContent = t("rooms.obeyed");
  }

  #showWords() {
    const room = this.#room;
    const state = JSON.stringify([room.known_words, room.here.wake_words]);
    if (state === this.#shownWords || this.#words.contains(document.activeElement)) return;
    this.#shownWords = state;
    fill(this.#words, room.known_words.length ? wakeWords(this.#context.t, room, (words) => this.#wish({ wake_words: words })) : null);
  }

  #naming() {
    const { t } = this.#context;
    return form(
      { class: "stack" },
      () => this.#rename(),
      field(t("rooms.name"), this.#name),
      field(t("rooms.room"), this.#place, t("rooms.room_hint")),
      h("button", { class: "button" }, t("save")),
    );
  }

  /** Only what was changed is wished. */
  async #rename() {
    const { name, wished, room } = this.#room;
    const typed = { name: this.#name.value.trim(), room: this.#place.value.trim() };
    const shown = { name: name ?? "", room: wished.room ?? room ?? "" };
    const changes = Object.entries(typed).filter(([field, value]) => value !== shown[field]);
    if (changes.length) await this.#wish(Object.fromEntries(changes.map(([field, value]) => [field, value || null])));
  }

  #adder(symbol, make) {
    const { t } = this.#context;
    const key = { timer: "rooms.add_timer", bell: "rooms.add_alarm", talk: "rooms.speak" }[symbol];
    const button = h("button", { type: "button", class: "button", "aria-label": t(key), title: t(key) }, icon(symbol), t(`${key}.short`));
    button.addEventListener("click", () => this.#ask(t(key), make()));
    return button;
  }

  #ask(title, made) {
    const { t } = this.#context;
    const close = h("button", { type: "button", class: "button" }, t("cancel"));
    const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), made);
    made.append(h("div", { class: "row spread" }, close, h("button", { class: "button main" }, t("ok"))));
    close.addEventListener("click", () => dialog.close());
    made.addEventListener("done", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  #timerForm() {
    const { t } = this.#context;
    const minutes = h("input", { type: "number", min: 0, max: 1440, step: "any", value: 10, required: true, inputMode: "decimal" });
    const name = h("input", { type: "text", maxLength: 60 });
    return this.#deed("timers", () => ({ seconds: Number(minutes.value) * 60, ...named(name) }), field(t("rooms.minutes"), minutes), field(t("rooms.called"), name));
  }

  #alarmForm() {
    const { t } = this.#context;
    const time = h("input", { type: "time", value: "07:00", required: true });
    const name = h("input", { type: "text", maxLength: 60 });
    const days = [0, 1, 2, 3, 4, 5, 6].map((day) => h("input", { type: "checkbox", value: String(day), "aria-label": t(`day.${day}`) }));
    const body = () => {
      const [hour, minute] = time.value.split(":").map(Number);
      return { hour, minute, days: days.filter((box) => box.checked).map((box) => Number(box.value)), ...named(name) };
    };
    const chosen = h("fieldset", { class: "days" }, h("legend", { class: "label small" }, t("rooms.days")), days.map((box) => h("label", {}, box, t(`day.${box.value}`))));
    return this.#deed("alarms", body, field(t("rooms.hour"), time), chosen, field(t("rooms.called"), name));
  }

  #sayForm() {
    const { t } = this.#context;
    const text = h("textarea", { rows: 3, maxLength: 1000, required: true });
    return this.#deed("say", () => ({ text: text.value }), field(t("rooms.text"), text));
  }

  #deed(path, body, ...fields) {
    const made = form(
      { class: "stack" },
      async () => {
        const done = await this.#call("post", path, body());
        if (!done) return;
        if (done.said === false) this.#context.toast(this.#context.t("rooms.nobody"));
        made.dispatchEvent(new Event("done"));
      },
      ...fields,
    );
    return made;
  }

  async #call(method, path, body) {
    const address = `/api/rooms/${encodeURIComponent(this.#room.client_id)}/${path}`;
    const told = await attempt(this.#context, () => this.#context.api[method](address, body));
    if (told?.client_id) this.show({ ...this.#room, ...told });
    return told;
  }

  async #wish(settings) {
    const paths = Object.entries(settings).map(([name, value]) => [`clients.${this.#room.client_id}.${name}`, value]);
    await this.#context.wishes.change(Object.fromEntries(paths));
  }
}

/** When an alarm rings: its hour where it comes back, the moment where it rings once. */
function whenOf(alarm) {
  const hour = `${String(alarm.hour).padStart(2, "0")}:${String(alarm.minute).padStart(2, "0")}`;
  return alarm.days?.length ? hour : clock(alarm.due);
}

function named(input) {
  const name = input.value.trim();
  return name ? { name } : {};
}
