// What happens in the house, as the server tells it; one connection for the view that is shown.

import { renew } from "../../admission.js";

const AGAIN_MS = 5000;

/** Hears the server's events until `close`; connects again whenever that ends. */
export class News {
  #source = null;
  #handlers = new Map();
  #closed = false;

  constructor() {
    this.#open();
  }

  /** Call `handler` with the data of each event of a kind; "lost" when everything must be looked at anew. */
  on(kind, handler) {
    if (!this.#handlers.has(kind)) {
      this.#handlers.set(kind, new Set());
      this.#listen(kind);
    }
    this.#handlers.get(kind).add(handler);
    return () => this.#handlers.get(kind).delete(handler);
  }

  close() {
    this.#closed = true;
    this.#source.close();
  }

  #open() {
    this.#source = new EventSource("/api/events");
    for (const kind of this.#handlers.keys()) this.#listen(kind);
    this.#source.addEventListener("error", () => this.#source.readyState === EventSource.CLOSED && this.#again());
  }

  /** The server has refused: the browser gives up, but perhaps only the tokens are too old. */
  #again() {
    setTimeout(async () => {
      if (this.#closed || !(await renew())) return;
      this.#open();
      this.#tell("lost", null);
    }, AGAIN_MS);
  }

  #listen(kind) {
    this.#source.addEventListener(kind, (event) => this.#tell(kind, JSON.parse(event.data)));
  }

  #tell(kind, data) {
    for (const handler of [...(this.#handlers.get(kind) ?? [])]) handler(data);
  }
}

/** Run something soon, once, however often it is asked for meanwhile. */
export function soon(work, wait = 150) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}
