// From frames of the microphone to utterances on the wire: keeps what came just before, and hears when to begin.

import { Vad } from "./vad.js";

const BEFORE_FRAMES = 24; // three quarters of a second: what is noticed late is not cut off
const MOST_FRAMES = 900; // 28.8 s: the server refuses an utterance of more than 30
const HELD_SILENCE_FRAMES = 280; // 9 s of nothing after a press

export class Ear {
  #before = [];
  #vad = new Vad();
  #sent = 0;
  #spoken = false;
  streaming = null;
  armed = false;
  loudness = -120;
  lastVoiceAt = 0;

  /**
   * @param {{start: (id) => void, frame: (pcm) => void, begin: () => void, end: () => void, over: () => boolean}} wire
   *     where audio goes, whom to tell, and whether our own voice sounds.
   */
  constructor(wire) {
    this.wire = wire;
  }

  /** Wait for somebody to speak. */
  arm() {
    this.streaming = null;
    this.armed = true;
    this.#vad.restart();
  }

  /** Hear nothing. */
  disarm() {
    this.streaming = null;
    this.armed = false;
    this.#before = [];
    this.loudness = -120;
    this.#vad.restart();
  }

  /** Send what is heard from now on; `before`: with what came just before. */
  stream(id, before) {
    this.streaming = id;
    this.#sent = 0;
    this.#spoken = this.#vad.speaking;
    this.wire.start(id);
    for (const pcm of this.#before.splice(0)) if (before) this.#send(pcm);
  }

  /** A frame of the microphone. */
  hear({ pcm, db }) {
    this.loudness = db;
    const heard = this.#vad.feed(db, this.wire.over());
    if (this.#vad.speaking) {
      this.#spoken = true;
      if (db > this.#vad.floor + 9) this.lastVoiceAt = performance.now();
    }
    if (this.streaming !== null) {
      this.#send(pcm);
      const tired = this.#sent > MOST_FRAMES || (!this.#spoken && this.#sent > HELD_SILENCE_FRAMES);
      if (heard === "end" || tired) this.wire.end();
      return;
    }
    this.#before.push(pcm);
    if (this.#before.length > BEFORE_FRAMES) this.#before.shift();
    if (this.armed && heard === "begin") this.wire.begin();
  }

  #send(pcm) {
    this.#sent += 1;
    this.wire.frame(pcm);
  }
}

/** Whether a text is mostly what we are saying ourselves, come back through the microphone. */
export function echoes(heard, said) {
  const words = (text) => text.toLowerCase().normalize("NFD").replace(/[^a-z0-9 ]/g, " ").split(/\s+/).filter((word) => word.length > 2);
  const ours = new Set(words(said));
  const theirs = words(heard);
  return theirs.length >= 3 && theirs.filter((word) => ours.has(word)).length >= 0.7 * theirs.length;
}
