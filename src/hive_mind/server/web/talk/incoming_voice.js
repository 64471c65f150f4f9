// The server's voices on their way to the speaker: PCM as it is, Opus through the browser's decoder, in order.

const RATE = 48000; // of what Opus becomes
const CONFIG = { codec: "opus", sampleRate: RATE, numberOfChannels: 1 };
const PACKET_US = 20000;
const HERE = /^(localhost|127\.|\[::1\])/;

/** On the machine of the server itself, packing and unpacking would only take time. */
export const isHere = (host) => HERE.test(host);

/** Whether this browser plays Opus, and should. @param {string} host of the server. */
export async function playsOpus(host = location.host) {
  if (!globalThis.AudioDecoder || isHere(host)) return false;
  return AudioDecoder.isConfigSupported(CONFIG).then(({ supported }) => supported === true, () => false);
}

export class IncomingVoice {
  #decoder = null;
  #opus = false;
  #fed = 0;
  #flushed = null; // while the end of a voice is still being decoded
  #cut = 0;

  /** @param {Speaker} speaker */
  constructor(speaker) {
    this.speaker = speaker;
  }

  /** A voice begins. @param {"opus"|"pcm_s16le"} format */
  start(id, rate, format) {
    this.#opus = format === "opus";
    if (this.#opus) this.#prepare();
    this.#inOrder(() => this.speaker.start(id, this.#opus ? RATE : rate));
  }

  /** The next frame of the newest voice. @param {ArrayBuffer} data */
  add(data) {
    if (this.#opus) {
      if (this.#decoder?.state !== "configured") return;
      this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.#fed, data }));
      this.#fed += PACKET_US;
    } else if (data.byteLength % 2 === 0) {
      const samples = Float32Array.from(new Int16Array(data), (value) => value / 32768);
      this.#inOrder(() => this.speaker.add(samples));
    }
  }

  /** The newest voice is complete. */
  end() {
    if (this.#opus && this.#decoder?.state === "configured") {
      const flushed = this.#decoder.flush().catch(() => {});
      this.#flushed = flushed;
      flushed.then(() => {
        if (this.#flushed === flushed) this.#flushed = null;
      });
    }
    this.#inOrder(() => this.speaker.end());
  }

  /** Everything falls silent; what is still being decoded is dropped. */
  clear() {
    this.#cut += 1;
    this.#flushed = null;
    if (this.#decoder?.state === "configured") {
      this.#decoder.reset();
      this.#decoder.configure(CONFIG);
    }
    this.speaker.clear();
  }

  /** At once, or behind the end of the last voice. */
  #inOrder(act) {
    const cut = this.#cut;
    if (this.#flushed) this.#flushed.then(() => cut === this.#cut && act());
    else act();
  }

  #prepare() {
    if (this.#decoder && this.#decoder.state !== "closed") return;
    const output = (data) => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      data.close();
      this.speaker.add(samples);
    };
    this.#decoder = new AudioDecoder({ output, error: (fault) => console.warn("not decoded", fault) });
    this.#decoder.configure(CONFIG);
  }
}
