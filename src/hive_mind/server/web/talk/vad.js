// Whether somebody speaks, from the levels of frames of 32 ms and a floor that follows the room. Pure. It only
// decides when to begin sending: where speech ends, and whether it was speech, the server hears better.

const FRAME_S = 0.032;
const FLOOR_DB = { first: -60, lowest: -78, highest: -32 };
const MARGIN_DB = 9;
const FALL = 0.25; // share of the way down in one frame
const RISE_DB_S = 1.2; // a room that has become louder is known within seconds
const RISE_IN_SPEECH_DB_S = 0.25;
const WINDOW = 7;
const BEGIN = 4; // frames of speech in the window
const OVER_DB = 6; // over our own answer, so much louder,
const OVER_WINDOW = 12;
const OVER_BEGIN = 9; // and for longer
const END_S = 1.4;

export class Vad {
  #floor = FLOOR_DB.first;
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
    this.#follow(db, over);
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

  #follow(db, over) {
    const rise = FRAME_S * (this.speaking || over ? RISE_IN_SPEECH_DB_S : RISE_DB_S);
    const next = db < this.#floor ? this.#floor + FALL * (db - this.#floor) : Math.min(this.#floor + rise, db);
    this.#floor = Math.max(FLOOR_DB.lowest, Math.min(FLOOR_DB.highest, next));
  }
}
