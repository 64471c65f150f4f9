// Opus of what the microphone hears, where the browser makes it (WebCodecs): an eighth of what PCM takes.

const RATE = 16000;
const CONFIG = {
  codec: "opus",
  sampleRate: RATE,
  numberOfChannels: 1,
  bitrate: 32000,
  opus: { application: "voip", signal: "voice", frameDuration: 20000, complexity: 5 },
};

/** Whether this browser makes it. */
export async function makesOpus() {
  if (!globalThis.AudioEncoder) return false;
  return AudioEncoder.isConfigSupported(CONFIG).then(({ supported }) => supported === true, () => false);
}

/** One utterance; pieces of it go in as s16le at 16 kHz, packets come out in order. */
export class OpusVoice {
  #encoder;
  #fed = 0;

  /** @param {(packet: ArrayBuffer) => void} send */
  constructor(send) {
    const output = (chunk) => {
      const packet = new ArrayBuffer(chunk.byteLength);
      chunk.copyTo(packet);
      send(packet);
    };
    this.#encoder = new AudioEncoder({ output, error: (fault) => console.warn("not encoded", fault) });
    this.#encoder.configure(CONFIG);
  }

  add(pcm) {
    if (this.#encoder.state !== "configured") return;
    const frames = pcm.byteLength / 2;
    const timestamp = Math.round((1e6 * this.#fed) / RATE);
    const data = new AudioData({ format: "s16", sampleRate: RATE, numberOfFrames: frames, numberOfChannels: 1, timestamp, data: pcm });
    this.#encoder.encode(data);
    data.close();
    this.#fed += frames;
  }

  /** Give what is left, then nothing more. */
  async end() {
    await this.#encoder.flush().catch(() => {});
    this.drop();
  }

  drop() {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}
