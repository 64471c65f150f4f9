// An utterance on its way to the server: announced, sent piece by piece, ended; as Opus where both ends have it.

import { isHere } from "./incoming_voice.js";
import { OpusVoice, makesOpus } from "./opus.js";

export class VoiceWire {
  #makes = false;
  #voice = null;
  #spoken = null;

  /** @param {HouseLink} link @param {string} host of the server. */
  constructor(link, host = location.host) {
    this.link = link;
    this.host = host;
    makesOpus().then((makes) => {
      this.#makes = makes;
    });
  }

  /** An utterance begins. @param {Object} more fields of `audio_start`. */
  start(id, more) {
    this.drop();
    this.#spoken = id;
    if (this.#agreed) this.#voice = new OpusVoice((packet) => this.link.sendAudio(packet));
    this.link.send({ type: "audio_start", utterance_id: id, format: this.#voice ? "opus" : "pcm_s16le", rate: 16000, ...more });
  }

  /** A piece of it, as s16le. */
  send(pcm) {
    if (this.#voice) this.#voice.add(pcm);
    else this.link.sendAudio(pcm);
  }

  /** That was all. */
  async end(id) {
    const voice = this.#voice;
    this.#voice = null;
    if (voice) await voice.end();
    if (this.#spoken === id) this.link.send({ type: "audio_end", utterance_id: id });
  }

  /** Nothing more of it is wanted. */
  drop() {
    this.#voice?.drop();
    this.#voice = this.#spoken = null;
  }

  get #agreed() {
    return this.#makes && this.link.formats.includes("opus") && !isHere(this.host);
  }
}
