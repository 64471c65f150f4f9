// The way to the loudspeaker. On an address without https browsers have no audio worklets: there the same queue is
// asked for blocks ahead of time, which are scheduled one after the other.

import { VoiceQueue } from "./voice_queue.js";

const BLOCK_S = 0.05;
const AHEAD_S = 0.2;

/** @param {(event: Object) => void} tell given `{started}`, `{finished, cut}` and `{db}`. */
export class Speaker {
  #context = null;
  #node = null;
  #queue = null;
  #next = 0;
  #timer = 0;
  #ready = null;
  #waiting = [];

  constructor(context, tell) {
    this.#context = context;
    this.tell = tell;
  }

  start(id, rate) {
    this.#post({ start: { id, rate } });
  }

  /** @param {Float32Array} samples of the newest voice. */
  add(samples) {
    this.#post({ samples });
  }

  end() {
    this.#post({ end: true });
  }

  clear() {
    this.#post({ clear: true });
  }

  gain(gain) {
    this.#post({ gain });
  }

  close() {
    clearInterval(this.#timer);
    this.#node?.disconnect();
  }

  #post(message) {
    if (this.#node) this.#node.port.postMessage(message, message.samples ? [message.samples.buffer] : []);
    else if (this.#queue) this.#apply(message);
    else {
      this.#waiting.push(message);
      this.#ready ??= this.#open();
    }
  }

  async #open() {
    if (this.#context.audioWorklet) {
      await this.#context.audioWorklet.addModule("/web/talk/speaker_worklet.js");
      this.#node = new AudioWorkletNode(this.#context, "speaker", { numberOfInputs: 0, outputChannelCount: [1] });
      this.#node.port.onmessage = ({ data }) => this.tell(data);
      this.#node.connect(this.#context.destination);
    } else {
      this.#queue = new VoiceQueue(this.#context.sampleRate, (event) => this.#later(event));
      this.#timer = setInterval(() => this.#schedule(), 1000 * BLOCK_S);
    }
    for (const message of this.#waiting.splice(0)) this.#post(message);
  }

  #apply(message) {
    if (message.start) this.#queue.start(message.start.id, message.start.rate);
    else if (message.samples) this.#queue.add(message.samples);
    else if (message.end) this.#queue.end();
    else if (message.clear) this.#queue.clear();
    else if (message.gain !== undefined) this.#queue.gain = message.gain;
  }

  #schedule() {
    const { currentTime, sampleRate, state } = this.#context;
    if (state !== "running") return;
    this.#next = Math.max(this.#next, currentTime + 0.01);
    while (this.#next < currentTime + AHEAD_S) {
      const block = new Float32Array(Math.round(BLOCK_S * sampleRate));
      this.#queue.fill(block);
      const power = block.reduce((sum, sample) => sum + sample ** 2, 0) / block.length;
      if (power > 0) {
        const buffer = this.#context.createBuffer(1, block.length, sampleRate);
        buffer.copyToChannel(block, 0);
        const source = this.#context.createBufferSource();
        source.buffer = buffer;
        source.connect(this.#context.destination);
        source.start(this.#next);
        this.tell({ db: 10 * Math.log10(power) });
      }
      this.#next += block.length / sampleRate;
    }
  }

  #later(event) {
    setTimeout(() => this.tell(event), Math.max(0, 1000 * (this.#next - this.#context.currentTime)));
  }
}
