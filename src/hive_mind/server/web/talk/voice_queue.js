// Voices that wait to sound, one after the other without a gap, as samples at the speaker's rate. Pure.

import { Resampler } from "./resampler.js";

const LEAD_S = 0.06; // so much is there before a voice begins, for the network is uneven
const MOST_S = 60; // of one voice; more is dropped
const FADE_S = 0.012;
const GLIDE_S = 0.03;

/**
 * @param {number} rate of the speaker.
 * @param {(event: Object) => void} tell given `{started: id}` and `{finished: id, cut: boolean}`.
 */
export class VoiceQueue {
  #voices = [];
  #gain = 1;
  #wanted = 1;
  #fade = 1;
  #cutting = false;
  starved = 0; // how often a voice that sounded had to wait

  constructor(rate, tell) {
    this.rate = rate;
    this.tell = tell;
  }

  /** A voice begins. */
  start(id, rate) {
    const resampler = rate === this.rate ? null : new Resampler(rate, this.rate);
    this.#voices.push({ id, resampler, pieces: [], at: 0, held: 0, ended: false, sounding: false, starving: false });
  }

  /** The next samples of the newest voice. */
  add(samples) {
    const voice = this.#voices.at(-1);
    if (!voice || voice.ended || voice.held > MOST_S * this.rate) return;
    const piece = voice.resampler ? voice.resampler.push(samples) : samples;
    voice.pieces.push(piece);
    voice.held += piece.length;
  }

  /** The newest voice is complete. */
  end() {
    const voice = this.#voices.at(-1);
    if (!voice || voice.ended) return;
    if (voice.resampler) this.add(new Float32Array(2 * voice.resampler.delay));
    voice.ended = true;
  }

  /** Everything falls silent, softly. */
  clear() {
    for (const voice of this.#voices.slice(1)) this.tell({ finished: voice.id, cut: true });
    this.#voices.length = Math.min(this.#voices.length, 1);
    if (this.#voices.length === 0) return;
    this.#voices[0].ended = true;
    this.#cutting = true;
  }

  /** How loud everything sounds, 0 to 1. */
  set gain(gain) {
    this.#wanted = gain;
  }

  /** Fill a block with what sounds now. */
  fill(out) {
    out.fill(0);
    let at = 0;
    while (at < out.length && this.#voices.length > 0) {
      const voice = this.#voices[0];
      if (!voice.sounding) {
        if (voice.held < LEAD_S * this.rate && !voice.ended) break;
        voice.sounding = true;
        this.#fade = 1;
        this.tell({ started: voice.id });
      }
      if (voice.held === 0) {
        if (!voice.ended) {
          if (!voice.starving) this.starved += 1;
          voice.starving = true;
          break;
        }
        this.#drop(false);
        continue;
      }
      voice.starving = false;
      at = this.#copy(voice, out, at);
      if (this.#fade <= 0) this.#drop(true);
    }
    if (this.#cutting && this.#voices.length > 0 && !this.#voices[0].sounding) this.#drop(true);
  }

  #copy(voice, out, from) {
    let at = from;
    const piece = voice.pieces[0];
    const glide = 1 / (GLIDE_S * this.rate);
    const fade = this.#cutting ? 1 / (FADE_S * this.rate) : 0;
    while (at < out.length && voice.at < piece.length && this.#fade > 0) {
      this.#gain += Math.max(-glide, Math.min(glide, this.#wanted - this.#gain));
      this.#fade -= fade;
      out[at] = piece[voice.at] * this.#gain * Math.max(this.#fade, 0);
      at += 1;
      voice.at += 1;
      voice.held -= 1;
    }
    if (voice.at >= piece.length) {
      voice.pieces.shift();
      voice.at = 0;
    }
    return at;
  }

  #drop(cut) {
    const voice = this.#voices.shift();
    this.#cutting = false;
    this.#fade = 1;
    this.tell({ finished: voice.id, cut });
  }
}
