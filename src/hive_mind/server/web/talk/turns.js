// The talk as a state machine: `step(state, event) -> [state, effects]`. Pure.
//
// phase   idle; thinking: a question is with the server; answering: its answer comes, or sounds.
// ear     closed; waiting: open, nobody speaks; hearing: an utterance is streamed; lingering: it is answered already,
//         and streamed on for a moment: more of it may come, and is answered anew.
//
// Effects: open_ear {id} (stream from now on), stream {id} (what the open ear hears, with what came just
// before), finish {id} (that was all), drop {id} (it is no question), early {id} (it is answered before its end), anew {id} (so it is again), rest_ear / shut_ear (open without a question / closed), ask {id, text},
// interrupt {turn}, hush (the voice here), duck {on}, heard {id, text, final}, answer {turn, id, text, final}, nothing_heard,
// announce {turn, text, kind}, fault {message}, wait {seconds} (ask for the event `waited` then).

export const START = Object.freeze({
  phase: "idle",
  ear: "closed",
  utterance: null, // streamed now
  asked: null, // whose answer is awaited
  early: null, // what was answered before its end was sure
  turn: null, // whose answer is shown
  over: null, // a turn that was broken off: what still comes of it is late
  sounding: null, // whose voice sounds
  spoken: false, // whether the last question was spoken
  handsFree: false,
  followUp: 0, // seconds to listen on for, when the voice is over
  ringing: false,
});

const STILL = { phase: "idle", utterance: null, asked: null, sounding: null, followUp: 0, ringing: false };
const broken = (state) => ({ turn: null, over: state.turn ?? state.over });
// What sounds may be of no turn, or of another one than is shown: then everything is to stop.
const sounds = (state) => (state.sounding === null || state.sounding === state.turn ? state.turn : null);
const busy = (state) => state.phase !== "idle" || state.sounding !== null;
const streamed = (state) => state.ear === "hearing" || state.ear === "lingering";
const rested = (state) => (state.handsFree ? "waiting" : "closed");
const restEffect = (state) => ({ do: state.handsFree ? "rest_ear" : "shut_ear" });

/** One step. */
export function step(state, event) {
  const handler = HANDLERS[event.type];
  return handler ? handler(state, event) : [state, []];
}

/** Whether there is something to stop. */
export const stoppable = (state) => busy(state) || state.ear === "hearing";

const HANDLERS = {
  // The button or key is pressed: what sounds falls silent, and we listen.
  press(state, { id }) {
    if (state.ear === "hearing") return HANDLERS.release(state);
    const effects = busy(state) ? [{ do: "interrupt", turn: sounds(state) }, { do: "hush" }] : [];
    const fresh = { phase: "idle", asked: null, early: null, sounding: null, ringing: false, followUp: 0 };
    const next = { ...state, ...fresh, ...broken(state), ear: "hearing", utterance: id, spoken: true };
    return [next, [...effects, { do: "open_ear", id }]];
  },

  // It is let go after having been held, or pressed again: that was all.
  release(state) {
    if (state.ear !== "hearing") return [state, []];
    const next = { ...state, ear: rested(state), phase: "thinking", asked: state.utterance };
    return [next, [{ do: "finish", id: state.utterance }, restEffect(state)]];
  },

  // The open ear hears somebody.
  voice(state, { id }) {
    if (state.ear !== "waiting") return [state, []];
    const effects = [{ do: "stream", id }];
    if (state.sounding) effects.unshift({ do: "duck", on: true });
    return [{ ...state, ear: "hearing", utterance: id, early: null, spoken: true, followUp: 0 }, effects];
  },

  // It hears nobody any more, and the server has not said so before.
  silence(state) {
    if (!streamed(state)) return [state, []];
    const next = { ...state, ear: rested(state), asked: state.utterance };
    return [next, [{ do: "finish", id: state.utterance }, restEffect(state)]];
  },

  // What we said ourselves came back through the microphone: no question.
  echo(state) {
    if (state.ear !== "hearing") return [state, []];
    return [{ ...state, ear: rested(state), utterance: null }, [{ do: "drop", id: state.utterance }, { do: "duck", on: false }, restEffect(state)]];
  },

  hands_free(state, { on }) {
    const ear = streamed(state) ? state.ear : on ? "waiting" : "closed";
    const next = { ...state, handsFree: on, ear };
    return [next, streamed(next) ? [] : [restEffect(next)]];
  },

  typed(state, { id, text }) {
    const effects = [];
    if (streamed(state)) effects.push({ do: "drop", id: state.utterance }, restEffect(state));
    if (state.sounding) effects.push({ do: "hush" });
    const ear = streamed(state) ? rested(state) : state.ear;
    const fresh = { utterance: null, early: null, sounding: null, ringing: false, followUp: 0, spoken: false };
    const next = { ...state, ...fresh, ...broken(state), ear, phase: "thinking", asked: id };
    return [next, [...effects, { do: "heard", id, text, final: true }, { do: "ask", id, text }]];
  },

  transcript(state, { id, text, final, wish }) {
    if (![state.utterance, state.asked, state.early].includes(id)) return [state, []];
    if (wish) return silenced(state, id, text);
    const effects = [];
    if (!final) {
      return [state, text ? [{ do: "heard", id, text, final }] : []];
    }
    const streaming = streamed(state) && id === state.utterance;
    const next = { ...state, utterance: null, ear: streaming ? rested(state) : state.ear };
    if (streaming) effects.push({ do: "finish", id }, restEffect(state));
    if (id === state.early) return settled(next, [...effects, { do: "heard", id, text, final, early: true }]);
    if (!text) {
      const phase = state.sounding ? "answering" : "idle";
      return [{ ...next, asked: null, phase }, [...effects, { do: "duck", on: false }, { do: "nothing_heard", id }]];
    }
    if (state.sounding) effects.push({ do: "hush" });
    effects.push({ do: "duck", on: false }, { do: "heard", id, text, final });
    return [{ ...next, ...broken(state), sounding: null, asked: id, phase: "thinking" }, effects];
  },

  chunk(state, { turn, id, text, final }) {
    if (turn === state.over) return [state, []];
    const answer = { do: "answer", turn, id, text, final };
    const first = id !== undefined && id === state.utterance && id !== state.early;
    const anew = id !== undefined && id === state.early && turn !== state.turn;
    if (first || anew) return beforeItsEnd(state, answer, first ? "early" : "anew");
    return [isOurs(state, turn, id) ? { ...state, turn, phase: "answering" } : state, [answer]]; // else of a question of before
  },

  turn_end(state, { turn, id }) {
    if (turn === state.over || !isOurs(state, turn, id)) return [state, []];
    return settled({ ...state, asked: null, phase: "idle" });
  },

  follow_up(state, { seconds }) {
    return settled({ ...state, followUp: state.spoken && !state.handsFree ? seconds : 0 });
  },

  voice_started(state, { turn }) {
    return [{ ...state, sounding: turn }, []];
  },

  voice_over(state, { turn }) {
    if (state.sounding !== turn) return [state, []];
    return settled({ ...state, sounding: null, ringing: false });
  },

  announce(state, { turn, text, kind }) {
    return [{ ...state, ringing: kind === "timer" }, [{ do: "announce", turn, text, kind }]];
  },

  // The time to go on talking is over.
  waited(state) {
    if (state.ear !== "waiting" || state.handsFree) return [state, []];
    return [{ ...state, ear: "closed" }, [{ do: "shut_ear" }]];
  },

  stop(state) {
    const effects = [{ do: "hush" }];
    if (streamed(state)) effects.push({ do: "drop", id: state.utterance });
    if (busy(state)) effects.unshift({ do: "interrupt", turn: sounds(state) });
    const fresh = { ...STILL, early: null };
    return [{ ...state, ...fresh, ...broken(state), ear: rested(state) }, [...effects, restEffect(state)]];
  },

  fault(state, { id, turn, message }) {
    const named = id !== undefined || turn !== undefined;
    const ours = (id !== undefined && (id === state.asked || id === state.utterance)) || (turn !== undefined && turn === state.turn);
    if (named && !ours) return [state, []];
    const effects = [{ do: "fault", message }];
    if (streamed(state)) effects.push({ do: "drop", id: state.utterance }, restEffect(state));
    const ear = streamed(state) ? rested(state) : state.ear;
    return [{ ...state, ear, phase: state.sounding ? "answering" : "idle", asked: null, utterance: null }, effects];
  },

  // The link is lost: the voice ends, an utterance too; the answer comes again when the link is back.
  lost(state) {
    const next = { ...state, utterance: null, sounding: null, ear: streamed(state) ? rested(state) : state.ear };
    return [next, streamed(state) ? [{ do: "hush" }, restEffect(state)] : [{ do: "hush" }]];
  },

  // A question did not go out.
  unsent(state, { id }) {
    return state.asked === id ? [{ ...state, phase: "idle", asked: null }, []] : [state, []];
  },

  // The link is back, but the server knows nothing of what it was asked: it was started anew, or is another one.
  renewed(state) {
    if (state.asked === null || state.phase === "idle") return [state, []];
    return [{ ...state, turn: null, phase: "thinking" }, [{ do: "ask_again", id: state.asked }]];
  },

  // There is no microphone.
  deaf(state) {
    const phase = state.sounding ? "answering" : "idle";
    return [{ ...state, ear: "closed", handsFree: false, utterance: null, phase }, [{ do: "shut_ear" }]];
  },
};

/** "Stop", said over an answer: it is silent, and this was no question. */
function silenced(state, id, text) {
  const streaming = streamed(state) && id === state.utterance;
  const next = { ...state, ...STILL, ...broken(state), ear: streaming ? rested(state) : state.ear };
  const ended = streaming ? [{ do: "finish", id }, restEffect(state)] : [];
  const told = id === state.early ? [] : [{ do: "heard", id, text, final: true }]; // there the order stays to be read
  return [next, [...ended, { do: "hush" }, ...told]];
}

/** An answer comes before the utterance is known to be over, or comes anew because that went on. */
function beforeItsEnd(state, answer, how) {
  const { turn, id } = answer;
  const ear = state.ear === "hearing" ? "lingering" : state.ear;
  const next = { ...state, ...broken(state), turn, sounding: null, phase: "answering", asked: id, early: id, followUp: 0, ear };
  const hushed = state.sounding ? [{ do: "hush" }] : [];
  return [next, [...hushed, { do: "duck", on: false }, { do: how, id }, answer]];
}

/** Whether this comes of the question that was asked last, or is being asked. */
function isOurs(state, turn, id) {
  return turn === state.turn || (id !== undefined && (id === state.asked || id === state.utterance || id === state.early));
}

/** When nothing sounds and nothing is awaited, it listens on if it was asked back; after these effects. */
function settled(state, effects = []) {
  if (state.sounding || state.phase === "thinking" || !state.followUp) return [state, effects];
  if (state.ear !== "closed" || state.phase !== "idle") return [state, effects];
  return [{ ...state, ear: "waiting", followUp: 0 }, [...effects, { do: "rest_ear" }, { do: "wait", seconds: state.followUp }]];
}
