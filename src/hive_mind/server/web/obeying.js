// What the household sets and this page shows: the assistant's name, the hours of the night. It says what it obeys.

const NOT_HERE = "SETTING_NOT_HERE";

/**
 * Obey from now on.
 *
 * @param {HouseLink} link
 * @param {(persona: string) => void} named told what the assistant calls itself.
 */
export function obey(link, named) {
  link.on("settings", (wishes) => {
    if (typeof wishes.persona === "string") named(wishes.persona);
    link.night = typeof wishes.night === "string" ? wishes.night : null;
    // Volume and room are kept by the server for us; a name to wake up at we have not.
    const state = { type: "settings_state", client_id: link.me.client_id, version: wishes.version };
    if (link.me.room) state.room = link.me.room;
    if (link.night) state.night = link.night;
    if (wishes.wake_words) state.refused = { wake_words: NOT_HERE };
    link.send(state);
  });
}

/** Whether a moment lies in such hours ("22:00-07:00"); never in none. */
export function isNight(hours, at) {
  const found = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours ?? "");
  if (!found) return false;
  const [fromHour, fromMinute, toHour, toMinute] = found.slice(1).map(Number);
  const [from, to, now] = [60 * fromHour + fromMinute, 60 * toHour + toMinute, 60 * at.getHours() + at.getMinutes()];
  return from <= to ? from <= now && now < to : now >= from || now < to;
}
