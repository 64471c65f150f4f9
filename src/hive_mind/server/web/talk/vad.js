// Whether somebody speaks, from the levels of frames of 32 ms and a floor that follows the room. Pure. It only
// decides when to begin sending: where speech ends, and whether it was speech, the server hears better.

const FRAME_S = 0.032;
const FLOOR_DB = { first: -60, lowest: -78, highest: -30 };
const FLOOR_S = 3; // the room is as loud as the quietest moment of so long: voices pause, fans do not
const SMOOTHED = 3; // frames
const MARGIN_DB = 9;
const WINDOW = 7;
const BEGIN = 4; // frames of speech in the window
const OVER_DB = 6; // over our own answer, so much louder,
const OVER_WINDOW = 12;
const OVER_BEGIN = 9; // and for longer
const END_S = 1.4;

export class Vad {
  #floor = FLOOR_DB.first;
  #levels = [];
  #recent = [];
  #silent = 0;
  speaking = false;

  get floor() {
    return this.#floor;
  }

  /** Forget what was said, not how loud the room is. */
  restart() {
    this.#recent = [];
    this.#silent = 0;
    this.speaking = false;
  }

  /**
   * @param {number} db of the next frame.
   * @param {boolean} over whether our own voice sounds meanwhile.
   * @returns {?string} `begin`, `end` or null.
   */
  feed(db, over = false) {
    const voiced = db > this.#floor + MARGIN_DB + (over && !this.speaking ? OVER_DB : 0);
    this.#follow(db);
    this.#recent.push(voiced);
    if (this.#recent.length > OVER_WINDOW) this.#recent.shift();
    if (this.speaking) {
      this.#silent = voiced ? 0 : this.#silent + FRAME_S;
      if (this.#silent < END_S) return null;
      this.restart();
      return "end";
    }
    const [window, needed] = over ? [OVER_WINDOW, OVER_BEGIN] : [WINDOW, BEGIN];
    if (this.#recent.slice(-window).filter(Boolean).length < needed) return null;
    this.speaking = true;
    this.#silent = 0;
    return "begin";
  }

  #follow(db) {
    this.#levels.push(db);
    if (this.#levels.length > FLOOR_S / FRAME_S) this.#levels.shift();
    let quietest = Infinity;
    for (let i = 0; i + SMOOTHED <= this.#levels.length; i += 1) {
      quietest = Math.min(quietest, (this.#levels[i] + this.#levels[i + 1] + this.#levels[i + 2]) / SMOOTHED);
    }
    if (quietest < Infinity) this.#floor = Math.max(FLOOR_DB.lowest, Math.min(FLOOR_DB.highest, quietest));
  }
}
