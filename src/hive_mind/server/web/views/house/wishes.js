// The settings of the house, as this page last saw them.

import { attempt } from "./parts.js";

/** Keeps the settings; tells whoever watches of each change, from here or from elsewhere. */
export class Wishes {
  #context;
  #watchers = new Set();
  now = null;

  constructor(context) {
    this.#context = context;
  }

  /** Call `watcher` at each change. Gives the way to stop it. */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async load() {
    this.#take(await this.#context.api.get("/api/settings"));
  }

  /** Change settings by path; true when it was done. */
  async change(changes) {
    const told = await attempt(this.#context, () => this.#context.api.patch("/api/settings", { version: this.now.version, changes }));
    if (told) this.#take(told);
    else await attempt(this.#context, () => this.load());
    return Boolean(told);
  }

  /** Take the last change back. */
  async undo() {
    const last = this.now.undo;
    if (!last) return;
    const told = await attempt(this.#context, () => this.#context.api.post("/api/settings/undo", { version: last.version }));
    if (told) {
      this.#take(told);
      this.#context.announce(this.#context.t("undone"));
    }
  }

  #take(told) {
    this.now = told;
    for (const watcher of this.#watchers) watcher(told);
  }
}
