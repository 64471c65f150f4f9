"""What the client is doing and whether it has a server: a pure machine of two dials.

`turn` is the talk with the user, `link` the talk with the server. They move independently; the one rule that
needs both is that the client says once in each outage that it is degraded, when a question needs the server.
Beside them stand four lamps: the microphone is switched off, something rings, another room answers, and
somebody speaks over the answer so that it is said low until it is known whether that was for us.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Turn(StrEnum):
    """Where the talk with the user stands. The microphone is taken in `LISTENING` and in `FOLLOW_UP`."""

    IDLE = "idle"
    LISTENING = "listening"
    PROCESSING = "processing"
    RESPONDING = "responding"
    FOLLOW_UP = "follow_up"


class Link(StrEnum):
    """Where the talk with the server stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    DEGRADED = "degraded"
    UNAUTHORISED = "unauthorised"


class Event(StrEnum):
    """What happens to a client."""

    WOKEN = "woken"
    """The wake word was heard, or the button pressed: the ear is open."""
    SPEECH_STARTED = "speech_started"
    SPEECH_DROPPED = "speech_dropped"
    """What was said was nothing, or not for us."""
    EAR_CLOSED = "ear_closed"
    """Nobody has spoken into the open ear."""
    QUESTION_ENDED = "question_ended"
    ANSWER_STARTED = "answer_started"
    ANSWER_ENDED = "answer_ended"
    FOLLOW_UP_OPENED = "follow_up_opened"
    FOLLOW_UP_CLOSED = "follow_up_closed"
    SPOKEN_OVER = "spoken_over"
    """Somebody speaks over the answer; perhaps not to us."""
    NOT_FOR_US = "not_for_us"
    """That was a cough, the television, somebody else: the answer goes on as before."""
    INTERRUPTED = "interrupted"
    YIELDED = "yielded"
    """Another room answers this wake word."""
    YIELD_OVER = "yield_over"
    RING_STARTED = "ring_started"
    RING_STOPPED = "ring_stopped"
    MUTED = "muted"
    UNMUTED = "unmuted"
    LINK_UP = "link_up"
    LINK_LOST = "link_lost"
    LINK_REFUSED = "link_refused"
    SERVER_NEEDED = "server_needed"


class Effect(StrEnum):
    """What the shell must do after a step, in order."""

    STOP_ANSWER = "stop_answer"
    DUCK = "duck"
    UNDUCK = "unduck"
    SOUND_CLOSED = "sound_closed"
    """A soft sound: whoever called is no longer listened to."""
    SAY_DEGRADED = "say_degraded"
    SAY_NEEDS_SERVER = "say_needs_server"
    SAY_REFUSED = "say_refused"


@dataclass(frozen=True, slots=True)
class ClientState:
    """Both dials and the lamps.

    Attributes:
        degraded_said: the user was told of the present outage.
        muted: the microphone is switched off; then nothing is listened to.
        ringing: a timer or an alarm rings and nobody has silenced it.
        elsewhere: another room answers what was just said here.
        doubted: somebody speaks over the answer, which is said low until that is understood.
    """

    turn: Turn = Turn.IDLE
    link: Link = Link.CONNECTING
    degraded_said: bool = False
    muted: bool = False
    ringing: bool = False
    elsewhere: bool = False
    doubted: bool = False


# (event, turn before) -> turn after; a pair that is absent leaves the turn as it is.
_TURNS: dict[tuple[Event, Turn], Turn] = {
    **{(Event.WOKEN, turn): Turn.LISTENING for turn in Turn},
    **{(Event.SPEECH_STARTED, turn): Turn.LISTENING for turn in Turn},
    **{(Event.INTERRUPTED, turn): Turn.IDLE for turn in Turn},
    **{(Event.YIELDED, turn): Turn.IDLE for turn in Turn},
    (Event.SPEECH_DROPPED, Turn.LISTENING): Turn.IDLE,
    (Event.SPEECH_DROPPED, Turn.PROCESSING): Turn.IDLE,
    (Event.EAR_CLOSED, Turn.LISTENING): Turn.IDLE,
    (Event.EAR_CLOSED, Turn.FOLLOW_UP): Turn.IDLE,
    (Event.QUESTION_ENDED, Turn.LISTENING): Turn.PROCESSING,
    (Event.ANSWER_STARTED, Turn.IDLE): Turn.RESPONDING,
    (Event.ANSWER_STARTED, Turn.FOLLOW_UP): Turn.RESPONDING,
    (Event.ANSWER_STARTED, Turn.PROCESSING): Turn.RESPONDING,
    (Event.ANSWER_ENDED, Turn.PROCESSING): Turn.IDLE,
    (Event.ANSWER_ENDED, Turn.RESPONDING): Turn.IDLE,
    (Event.FOLLOW_UP_OPENED, Turn.IDLE): Turn.FOLLOW_UP,
    (Event.FOLLOW_UP_CLOSED, Turn.FOLLOW_UP): Turn.IDLE,
    (Event.MUTED, Turn.LISTENING): Turn.IDLE,
    (Event.MUTED, Turn.FOLLOW_UP): Turn.IDLE,
}
_ANSWERING = (Turn.PROCESSING, Turn.RESPONDING)
_STOPPING = (Event.WOKEN, Event.SPEECH_STARTED, Event.INTERRUPTED, Event.YIELDED)
_NEEDS_EAR = (Event.WOKEN, Event.SPEECH_STARTED, Event.FOLLOW_UP_OPENED, Event.SPOKEN_OVER)
# event -> lamp and whether it is on then
_MUTED = {Event.MUTED: True, Event.UNMUTED: False}
_RINGING = {Event.RING_STARTED: True, Event.RING_STOPPED: False}
_ELSEWHERE = {
    Event.YIELDED: True,
    Event.YIELD_OVER: False,
    Event.WOKEN: False,
    Event.SPEECH_STARTED: False,
    Event.ANSWER_STARTED: False,
}


def step(state: ClientState, event: Event) -> tuple[ClientState, tuple[Effect, ...]]:
    """Move both dials.

    Every pair of state and event is defined. An event that makes no sense where it comes (an answer that ends
    while idle, speech while the microphone is off) changes nothing: events of a turn that was just
    interrupted may still be on their way.
    """
    if event is Event.LINK_UP:
        return replace(state, link=Link.CONNECTED, degraded_said=False), ()
    if event is Event.LINK_LOST:
        # A server that refused us is not merely away: the user has something to repair.
        link = state.link if state.link is Link.UNAUTHORISED else Link.DEGRADED
        return replace(state, link=link), ()
    if event is Event.LINK_REFUSED:
        return replace(state, link=Link.UNAUTHORISED), ()
    if event is Event.SERVER_NEEDED:
        return _server_needed(state)
    if state.muted and event in _NEEDS_EAR:
        return state, ()
    return _talk(state, event)


def _talk(state: ClientState, event: Event) -> tuple[ClientState, tuple[Effect, ...]]:
    after = replace(
        state,
        turn=_TURNS.get((event, state.turn), state.turn),
        muted=_MUTED.get(event, state.muted),
        ringing=_RINGING.get(event, state.ringing),
        elsewhere=_ELSEWHERE.get(event, state.elsewhere),
    )
    if event is Event.SPOKEN_OVER and state.turn in _ANSWERING:
        after = replace(after, doubted=True)
    elif event in (Event.NOT_FOR_US, Event.MUTED) or after.turn not in _ANSWERING:
        after = replace(after, doubted=False)
    effects: list[Effect] = []
    if event in _STOPPING and state.turn in _ANSWERING:
        effects.append(Effect.STOP_ANSWER)
    if after.doubted != state.doubted:
        effects.append(Effect.DUCK if after.doubted else Effect.UNDUCK)
    if event is Event.EAR_CLOSED and after.turn is not state.turn:
        effects.append(Effect.SOUND_CLOSED)
    return after, tuple(effects)


def _server_needed(state: ClientState) -> tuple[ClientState, tuple[Effect, ...]]:
    if state.link is Link.CONNECTED:
        return state, ()
    if state.link is Link.UNAUTHORISED:
        return state, (Effect.SAY_REFUSED,)
    once = () if state.degraded_said else (Effect.SAY_DEGRADED,)
    return replace(state, degraded_said=True), (*once, Effect.SAY_NEEDS_SERVER)
