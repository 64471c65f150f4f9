// What happens in the house, as the server tells it; one connection for the view that is shown.

/** Hears the server's events until `close`; the browser connects again by itself. */
export class News {
  #source = new EventSource("/api/events");
  #handlers = [];

  /** Call `handler` with the data of each event of a kind; "lost" when everything must be looked at anew. */
  on(kind, handler) {
    const take = (event) => handler(JSON.parse(event.data));
    this.#source.addEventListener(kind, take);
    this.#handlers.push([kind, take]);
    return () => this.#source.removeEventListener(kind, take);
  }

  close() {
    this.#source.close();
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
