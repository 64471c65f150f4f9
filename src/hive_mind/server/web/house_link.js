// The WebSocket to the server: hello, numbering, resuming, heartbeat, reconnection. See docs/protocol.md.

const VERSION = 1;
const HEARTBEAT_MS = 30000;
const PONG_MS = 5000;
const MISSED_TO_DEGRADED = 2;
const STEADY_MS = 5000;
const REPLACED = 4001;
const REFUSED = new Set([1008, 4003, 4401]);
const MOST_WAITING = 1 << 20;

/** Milliseconds before an attempt: at once, then 0.5 s doubled up to 30 s, shortened at random by up to a half. */
export function backoff(attempt, random) {
  return attempt === 0 ? 0 : Math.min(500 * 2 ** (attempt - 1), 30000) * (1 - random / 2);
}

/**
 * One link for the whole page. `state` is `connecting`, `connected`, `degraded`, `replaced` (another tab has taken
 * over) or `refused`; the last two wait for `open`.
 */
export class HouseLink {
  #handlers = new Map();
  #socket = null;
  #session = null;
  #lastSeq = 0;
  #attempt = 0;
  #upAt = 0;
  #missed = 0;
  #timers = { retry: 0, ping: 0, pong: 0 };

  /**
   * @param {string} url `ws://…/ws`.
   * @param {{client_id: string, room: ?string, capabilities: Object}} me read at each hello.
   */
  constructor(url, me) {
    this.url = url;
    this.me = me;
    this.state = "connecting";
    this.formats = []; // of voice that the server reads besides PCM
    this.resumed = false; // whether the server still knew this page
    this.night = null; // hours in which the eyes are dimmed
  }

  /** Call `handler` for each message of a type; `audio` for binary frames, `state` for changes of state. Gives the way to stop it. */
  on(type, handler) {
    if (!this.#handlers.has(type)) this.#handlers.set(type, new Set());
    this.#handlers.get(type).add(handler);
    return () => this.#handlers.get(type).delete(handler);
  }

  get connected() {
    return this.state === "connected";
  }

  /** Connect, and again whenever it is lost. */
  open() {
    this.#attempt = 0;
    this.#connect();
  }

  /** The network may be back: do not wait for the next attempt. */
  retry() {
    if (this.state === "degraded" && this.#socket === null) this.open();
  }

  /** Say hello anew, because `me` has changed. */
  renew() {
    this.#socket?.close();
  }

  /** Send a message; false where nobody would get it. */
  send(message) {
    if (!this.connected) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Send a piece of voice; dropped where the network does not keep up. */
  sendAudio(buffer) {
    if (!this.connected || this.#socket.bufferedAmount > MOST_WAITING) return false;
    this.#socket.send(buffer);
    return true;
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    const old = this.#socket;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    old?.close();
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#hello(socket);
    socket.onmessage = (event) => socket === this.#socket && this.#take(event.data);
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
  }

  #hello(socket) {
    const hello = { type: "hello", protocol_version: VERSION, ...this.me };
    if (!hello.room) delete hello.room;
    if (this.#session) Object.assign(hello, { session_id: this.#session, last_seq: this.#lastSeq });
    socket.send(JSON.stringify(hello));
  }

  #take(data) {
    this.#missed = 0;
    if (typeof data !== "string") {
      this.#tell("audio", data);
      return;
    }
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (message === null || typeof message !== "object") return;
    if (message.type === "welcome") {
      this.resumed = message.resumed === true;
      if (!this.resumed) this.#lastSeq = 0;
      this.#session = message.session_id;
      this.formats = Array.isArray(message.audio_formats) ? message.audio_formats : [];
      this.#upAt = performance.now();
      this.#become("connected");
      this.#schedulePing(HEARTBEAT_MS);
    }
    if (Number.isInteger(message.seq)) {
      if (message.seq <= this.#lastSeq) return;
      if (message.seq !== this.#lastSeq + 1) {
        this.#socket.close(); // something is missing: the new hello asks for it
        return;
      }
      this.#lastSeq = message.seq;
    }
    if (message.type === "pong") clearTimeout(this.#timers.pong);
    this.#tell(message.type, message);
  }

  #schedulePing(wait) {
    clearTimeout(this.#timers.ping);
    this.#timers.ping = setTimeout(() => this.#ping(), wait);
  }

  #ping() {
    const state = this.connected ? "connected" : "degraded";
    this.#socket.send(JSON.stringify({ type: "ping", client_id: this.me.client_id, state, timestamp: new Date().toISOString(), last_seq: this.#lastSeq }));
    clearTimeout(this.#timers.pong);
    this.#timers.pong = setTimeout(() => {
      this.#missed += 1;
      if (this.#missed >= MISSED_TO_DEGRADED) this.#socket.close();
    }, PONG_MS);
    this.#schedulePing(HEARTBEAT_MS);
  }

  #lost(code) {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#socket = null;
    this.#missed = 0;
    if (code === REPLACED || REFUSED.has(code)) {
      this.#become(code === REPLACED ? "replaced" : "refused");
      return;
    }
    if (this.#upAt && performance.now() - this.#upAt > STEADY_MS) this.#attempt = 0;
    this.#upAt = 0;
    this.#become("degraded");
    this.#timers.retry = setTimeout(() => this.#connect(), backoff(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#tell("state", state);
  }

  #tell(type, what) {
    for (const handler of [...(this.#handlers.get(type) ?? [])]) handler(what);
  }
}
