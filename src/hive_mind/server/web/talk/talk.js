// Carries out what the state machine of the talk decides: microphone, speaker, messages.

import { Ear, echoes } from "./ear.js";
import { IncomingVoice } from "./incoming_voice.js";
import { Microphone, MicrophoneError } from "./microphone.js";
import { Speaker } from "./speaker.js";
import { START, step } from "./turns.js";
import { VoiceWire } from "./voice_wire.js";

const DUCKED = 0.2;
const QUIET_FAULTS = new Set(["CLIENT_REPLACED", "SERVER_STOPPING"]);
const SILENT_DB = -120;
const NAMELESS = "voice"; // that of no turn
const FORMATS = new Set(["pcm_s16le", "opus"]);
const LOWEST_RATE = 8000;
const HIGHEST_RATE = 48000;

/** What should be a text, as one. */
const text = (told) => (typeof told === "string" ? told : "");

/**
 * One talk. `show` is told the state after each change; `log` takes words; `tell(kind, detail)` gets what else a
 * person should know: `nothing_heard`, `microphone` (with its code), `locked` (a voice came, but the browser plays
 * nothing before the page was touched), `answered` (with the whole text).
 */
export class Talk {
  #context = null;
  #ran = false;
  #speaker = null;
  #incoming = null;
  #microphone = null;
  #ear;
  #wire;
  #waiting = 0;
  #count = 0;
  #askedAt = 0;
  #question = { id: null, text: "" }; // the last one
  #interim = this.#question; // what it may become
  #spokenText = "";
  #voice = null;
  #level = SILENT_DB;
  state = START;

  constructor(link, log, show, tell) {
    Object.assign(this, { link, log, show, tell });
    this.#wire = new VoiceWire(link);
    this.#ear = new Ear({
      start: (id) => this.#wire.start(id, { amendable: true, ...this.#over() }),
      frame: (pcm) => this.#wire.send(pcm),
      begin: () => this.dispatch({ type: "voice", id: this.newId() }),
      end: () => this.dispatch({ type: "silence" }),
      over: () => this.state.sounding !== null,
    });
    const on = (type, handler) => link.on(type, handler);
    on("transcript", (m) => this.#onTranscript(m));
    on("response_chunk", (m) => this.dispatch({ type: "chunk", turn: m.turn_id, id: m.utterance_id, text: text(m.content), final: m.is_final === true }));
    on("turn_end", (m) => this.dispatch({ type: "turn_end", turn: m.turn_id, id: m.utterance_id }));
    on("follow_up", (m) => this.dispatch({ type: "follow_up", seconds: m.seconds }));
    on("announce", (m) => this.dispatch({ type: "announce", turn: m.turn_id ?? `n${m.seq}`, text: text(m.text), kind: m.kind }));
    on("error", (m) => QUIET_FAULTS.has(m.code) || this.dispatch({ type: "fault", id: m.utterance_id, turn: m.turn_id, message: text(m.message) }));
    on("speech_start", (m) => this.#onSpeech(m));
    on("audio", (frame) => this.#voice !== null && this.#incoming.add(frame));
    on("speech_end", (m) => this.#onSpeechEnd(m));
    on("forgotten", (m) => this.#forget(m));
    on("state", (state) => this.#onLink(state));
  }

  /** Something has happened. */
  dispatch(event) {
    const before = this.state;
    const [state, effects] = step(before, event);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state !== before) this.show(this.state);
  }

  /** Ask in writing. */
  ask(text) {
    this.unlock();
    this.dispatch({ type: "typed", id: this.newId(), text });
  }

  newId() {
    this.#count += 1;
    return `${this.link.me.client_id}-${Date.now().toString(36)}-${this.#count}`;
  }

  /** Let sound be heard: called whenever the page is touched, for browsers are silent before. */
  unlock() {
    this.#context ??= this.#newContext();
    this.#speaker ??= new Speaker(this.#context, (event) => this.#onSound(event));
    this.#incoming ??= new IncomingVoice(this.#speaker);
    this.#microphone ??= new Microphone(this.#context, (frame) => this.#ear.hear(frame), () => this.#deaf(new MicrophoneError("NONE")));
    if (this.#context.state !== "running") this.#context.resume().catch(() => {});
  }

  #newContext() {
    const context = new AudioContext({ latencyHint: "interactive" });
    context.onstatechange = () => {
      this.#ran ||= context.state === "running";
    };
    return context;
  }

  /** How loud whoever speaks is, in dBFS. */
  get level() {
    return this.state.ear === "hearing" ? this.#ear.loudness : this.state.sounding ? this.#level : SILENT_DB;
  }

  #carryOut(effect) {
    const does = {
      open_ear: () => this.#openEar(() => this.#beginPressed(effect.id)),
      rest_ear: () => this.#openEar(() => this.state.ear === "waiting" && this.#ear.arm()),
      shut_ear: () => this.#shutEar(),
      stream: () => this.#ear.stream(effect.id, true),
      finish: () => this.#finish(effect.id),
      drop: () => this.#drop(effect.id),
      ask: () => this.#ask(effect),
      ask_again: () => this.#askAgain(effect.id),
      interrupt: () => this.link.send({ type: "interrupt", ...(effect.turn ? { turn_id: effect.turn } : {}) }),
      hush: () => this.#hush(),
      duck: () => this.#speaker?.gain(effect.on ? DUCKED : 1),
      heard: () => this.#heard(effect),
      early: () => this.#early(effect.id),
      anew: () => this.log.unanswered(effect.id),
      answer: () => this.#answer(effect),
      announce: () => this.log.announce(effect.turn, effect.text),
      nothing_heard: () => this.#nothingHeard(effect.id),
      fault: () => this.log.fault(effect.message),
      wait: () => this.#wait(effect.seconds),
    };
    does[effect.do]();
  }

  async #openEar(then) {
    this.unlock();
    try {
      await this.#microphone.open();
      then();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#deaf(error);
    }
  }

  #beginPressed(id) {
    if (this.state.utterance === id) this.#ear.stream(id, true);
  }

  #shutEar() {
    this.#ear.disarm();
    this.#microphone?.close();
  }

  #finish(id) {
    if (this.#ear.streaming === id) this.#wire.end(id);
    else if (this.state.asked === id && this.state.phase === "thinking") this.dispatch({ type: "transcript", id, text: "", final: true });
  }

  #drop(id) {
    this.#wire.drop();
    this.link.send({ type: "interrupt", utterance_id: id });
  }

  #deaf(error) {
    this.dispatch({ type: "deaf" });
    this.tell("microphone", error.code);
  }

  #ask({ id, text }) {
    this.#askedAt = performance.now();
    this.#question = { id, text };
    const sent = this.link.send({
      type: "voice_input",
      transcription: text,
      timestamp: new Date().toISOString(),
      client_id: this.link.me.client_id,
      language: document.documentElement.lang,
      utterance_id: id,
    });
    if (!sent) this.#unsent(id, text);
  }

  #unsent(id, text) {
    this.log.drop(id);
    this.dispatch({ type: "unsent", id });
    this.tell("unsent", text);
  }

  /** Under its old name, so that nothing is done twice. */
  #askAgain(id) {
    const { text } = this.#question;
    this.log.unanswered(id);
    if (this.#question.id === id) this.#ask({ id, text });
    else this.#unsent(id, "");
  }

  #heard({ id, text, final, early = false }) {
    this.log.heard(id, text, final);
    this.#interim = { id, text };
    if (final) this.#question = this.#interim;
    if (final && !early) this.#answerBegins();
  }

  /** What was heard so far is answered already. */
  #early(id) {
    this.#question = this.#interim;
    this.log.heard(id, this.#question.text, true);
    this.#answerBegins();
  }

  #answerBegins() {
    this.#spokenText = "";
    if (this.state.spoken) this.#askedAt = this.#ear.lastVoiceAt;
  }

  #answer({ turn, id, text, final }) {
    const whole = this.log.answer(turn, text, id);
    this.#spokenText = whole;
    if (final && whole) this.tell("answered", whole);
  }

  #nothingHeard(id) {
    this.log.drop(id);
    this.tell("nothing_heard");
  }

  #wait(seconds) {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.dispatch({ type: "waited" }), 1000 * seconds);
  }

  /** Of whose answer a word may be to silence it. */
  #over() {
    const { sounding } = this.state;
    // Over what rings, "stop" is an order like any other: it stops the timer.
    return sounding === null || sounding === NAMELESS || this.state.ringing ? {} : { over: sounding };
  }

  #onTranscript({ utterance_id: id, text: heard, is_final, wish }) {
    const [said, final] = [text(heard), is_final === true];
    const over = this.state.sounding && id !== this.state.early; // of an order that is answered already, the server knows
    if (over && said && !wish && echoes(said, this.#spokenText)) this.dispatch({ type: "echo" });
    else this.dispatch({ type: "transcript", id, text: said, final, wish });
  }

  #onSpeech({ turn_id: turn, rate, format = "pcm_s16le" }) {
    this.#voice = null;
    if (!FORMATS.has(format) || !(rate >= LOWEST_RATE && rate <= HIGHEST_RATE)) return;
    // A context that was made just now starts in a moment; one that is still missing, or was put to rest, does not.
    if (!this.#context || (this.#ran && this.#context.state !== "running")) {
      this.tell("locked");
      return;
    }
    if (turn !== undefined && turn === this.state.over) return;
    this.#voice = turn ?? NAMELESS;
    this.#speaker.gain(1);
    this.#incoming.start(this.#voice, rate, format);
  }

  #onSpeechEnd({ outcome }) {
    if (this.#voice === null) return;
    if (outcome === "completed") this.#incoming.end();
    else this.#incoming.clear();
    this.#voice = null;
  }

  #forget(told) {
    this.log.forget(told);
    if (!this.state.sounding) this.#spokenText = "";
    this.show(this.state);
  }

  #hush() {
    this.#voice = null;
    this.#incoming?.clear();
    this.#speaker?.gain(1);
  }

  #onSound(event) {
    if (event.db !== undefined) {
      this.#level = event.db;
    } else if (event.started) {
      this.#playout(event.started, "started");
      this.dispatch({ type: "voice_started", turn: event.started });
    } else if (event.finished) {
      if (!event.cut) this.#playout(event.finished, "finished");
      this.dispatch({ type: "voice_over", turn: event.finished });
    }
  }

  #playout(turn, state) {
    if (turn === NAMELESS) return;
    const since = this.#askedAt ? { since_question_ms: Math.round(performance.now() - this.#askedAt) } : {};
    this.link.send({ type: "playout", turn_id: turn, state, ...(state === "started" ? since : {}) });
    this.#askedAt = 0;
  }

  #onLink(state) {
    if (state !== "connected") this.dispatch({ type: "lost" });
    else if (!this.link.resumed) this.dispatch({ type: "renewed" });
    this.show(this.state);
  }
}
