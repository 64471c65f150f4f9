// Plays the voices of the server; tells when one begins and ends, and how loud it is.

import { VoiceQueue } from "./voice_queue.js";

const LEVEL_BLOCKS = 12; // about 32 ms at 48 kHz
const SILENT_DB = -120;

class SpeakerOut extends AudioWorkletProcessor {
  #queue = new VoiceQueue(sampleRate, (event) => this.port.postMessage(event));
  #power = 0;
  #blocks = 0;
  #quiet = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.start) this.#queue.start(data.start.id, data.start.rate);
      else if (data.samples) this.#queue.add(data.samples);
      else if (data.end) this.#queue.end();
      else if (data.clear) this.#queue.clear();
      else if (data.gain !== undefined) this.#queue.gain = data.gain;
    };
  }

  process(_inputs, [[out]]) {
    this.#queue.fill(out);
    for (const sample of out) this.#power += sample ** 2;
    this.#blocks += 1;
    if (this.#blocks === LEVEL_BLOCKS) {
      const db = Math.max(SILENT_DB, 10 * Math.log10(this.#power / (LEVEL_BLOCKS * out.length) + 1e-12));
      const quiet = db === SILENT_DB;
      if (!quiet || !this.#quiet) this.port.postMessage({ db });
      this.#quiet = quiet;
      this.#blocks = 0;
      this.#power = 0;
    }
    return true;
  }
}

registerProcessor("speaker", SpeakerOut);
