// Hears the microphone: posts frames of 32 ms at 16 kHz as s16le, each with its level in dBFS without rumble.

import { Resampler } from "./resampler.js";

const RATE = 16000;
const FRAME = 512;
const RUMBLE = 0.94; // a high-pass at about 150 Hz
const SILENT_DB = -120;

class Capture extends AudioWorkletProcessor {
  #resampler = sampleRate === RATE ? null : new Resampler(sampleRate, RATE);
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #power = 0;
  #last = 0;
  #high = 0;

  process([[input]]) {
    if (input) for (const sample of this.#resampler ? this.#resampler.push(input) : input) this.#take(sample);
    return true;
  }

  #take(sample) {
    this.#high = sample - this.#last + RUMBLE * this.#high;
    this.#last = sample;
    this.#power += this.#high ** 2;
    this.#frame[this.#filled] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    this.#filled += 1;
    if (this.#filled < FRAME) return;
    const db = Math.max(SILENT_DB, 10 * Math.log10(this.#power / FRAME + 1e-12));
    this.port.postMessage({ pcm: this.#frame.buffer, db }, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
    this.#power = 0;
  }
}

registerProcessor("capture", Capture);
