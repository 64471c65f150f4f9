// Keeps the screen on while it is wanted, where the browser can.

export class Awake {
  #lock = null;
  #wanted = false;
  #seen = () => document.visibilityState === "visible" && this.#ask();

  /** Whether the screen is to stay on. */
  keep(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) {
      document.addEventListener("visibilitychange", this.#seen);
      this.#ask();
    } else {
      document.removeEventListener("visibilitychange", this.#seen);
      this.#lock?.release().catch(() => {});
      this.#lock = null;
    }
  }

  async #ask() {
    if (!("wakeLock" in navigator)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      this.#lock = null; // a low battery, for one, refuses it
    }
  }
}
