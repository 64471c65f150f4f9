// The microphone: asked for when it is needed, given back soon after.

const WARM_MS = 8000;

/** Why there is no microphone: `INSECURE`, `REFUSED`, `NONE` or `BUSY`. */
export class MicrophoneError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const CODES = { NotAllowedError: "REFUSED", SecurityError: "REFUSED", NotFoundError: "NONE", OverconstrainedError: "NONE" };
// The recogniser hears better without the browser's noise suppression, which takes consonants away too.
const WISHES = { audio: { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true } };

/** Whether this browser gives a microphone to a page at this address. */
export const microphoneAllowed = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);

export class Microphone {
  #context;
  #stream = null;
  #node = null;
  #source = null;
  #opening = null;
  #wanted = false;
  #cooling = 0;

  /** @param {(frame: {pcm: ArrayBuffer, db: number}) => void} hear given each frame while it is open. */
  constructor(context, hear, onLost) {
    this.#context = context;
    this.hear = hear;
    this.onLost = onLost;
  }

  /** Open it. @throws {MicrophoneError} */
  async open() {
    clearTimeout(this.#cooling);
    this.#wanted = true;
    if (this.#stream) return;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /** Hear no more. The device is given back a little later: a talk goes to and fro. */
  close() {
    this.#wanted = false;
    clearTimeout(this.#cooling);
    this.#cooling = setTimeout(() => this.release(), WARM_MS);
  }

  /** Give the device back at once. */
  release() {
    this.#wanted = false;
    clearTimeout(this.#cooling);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#source?.disconnect();
    this.#stream = this.#source = null;
  }

  async #open() {
    if (!microphoneAllowed()) throw new MicrophoneError("INSECURE");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(WISHES);
    } catch (error) {
      throw new MicrophoneError(CODES[error.name] ?? "BUSY");
    }
    if (!this.#node) {
      await this.#context.audioWorklet.addModule("/web/talk/capture_worklet.js");
      this.#node = new AudioWorkletNode(this.#context, "capture", { numberOfOutputs: 1 });
      this.#node.port.onmessage = ({ data }) => this.#wanted && this.hear(data);
      this.#node.connect(this.#context.destination); // it is silent there; unconnected nodes may be put to rest
    }
    this.#stream = stream;
    stream.getTracks()[0].onended = () => {
      this.release();
      this.onLost();
    };
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#node);
  }
}
