"""What the client is doing and whether it has a server: a pure machine of two dials.

`turn` is the talk with the user, `link` the talk with the server. They move independently; the one rule that
needs both is that the client says once in each outage that it is degraded, when a question needs the server.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Turn(StrEnum):
    """Where the talk with the user stands."""

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

    SPEECH_STARTED = "speech_started"
    SPEECH_DROPPED = "speech_dropped"
    QUESTION_ENDED = "question_ended"
    ANSWER_STARTED = "answer_started"
    ANSWER_ENDED = "answer_ended"
    FOLLOW_UP_OPENED = "follow_up_opened"
    FOLLOW_UP_CLOSED = "follow_up_closed"
    INTERRUPTED = "interrupted"
    LINK_UP = "link_up"
    LINK_LOST = "link_lost"
    LINK_REFUSED = "link_refused"
    SERVER_NEEDED = "server_needed"


class Effect(StrEnum):
    """What the shell must do after a step, in order."""

    STOP_ANSWER = "stop_answer"
    SAY_DEGRADED = "say_degraded"
    SAY_NEEDS_SERVER = "say_needs_server"
    SAY_REFUSED = "say_refused"


@dataclass(frozen=True, slots=True)
class ClientState:
    """Both dials.

    Attributes:
        degraded_said: the user was told of the present outage.
    """

    turn: Turn = Turn.IDLE
    link: Link = Link.CONNECTING
    degraded_said: bool = False


# (event, turn before) -> turn after; a pair that is absent leaves the turn as it is.
_TURNS: dict[tuple[Event, Turn], Turn] = {
    (Event.SPEECH_STARTED, Turn.IDLE): Turn.LISTENING,
    (Event.SPEECH_STARTED, Turn.FOLLOW_UP): Turn.LISTENING,
    (Event.SPEECH_STARTED, Turn.PROCESSING): Turn.LISTENING,
    (Event.SPEECH_STARTED, Turn.RESPONDING): Turn.LISTENING,
    (Event.SPEECH_DROPPED, Turn.LISTENING): Turn.IDLE,
    (Event.SPEECH_DROPPED, Turn.PROCESSING): Turn.IDLE,
    (Event.QUESTION_ENDED, Turn.LISTENING): Turn.PROCESSING,
    (Event.ANSWER_STARTED, Turn.IDLE): Turn.RESPONDING,
    (Event.ANSWER_STARTED, Turn.FOLLOW_UP): Turn.RESPONDING,
    (Event.ANSWER_STARTED, Turn.PROCESSING): Turn.RESPONDING,
    (Event.ANSWER_ENDED, Turn.PROCESSING): Turn.IDLE,
    (Event.ANSWER_ENDED, Turn.RESPONDING): Turn.IDLE,
    (Event.FOLLOW_UP_OPENED, Turn.IDLE): Turn.FOLLOW_UP,
    (Event.FOLLOW_UP_CLOSED, Turn.FOLLOW_UP): Turn.IDLE,
    (Event.INTERRUPTED, Turn.LISTENING): Turn.IDLE,
    (Event.INTERRUPTED, Turn.PROCESSING): Turn.IDLE,
    (Event.INTERRUPTED, Turn.RESPONDING): Turn.IDLE,
    (Event.INTERRUPTED, Turn.FOLLOW_UP): Turn.IDLE,
}
_ANSWERING = (Turn.PROCESSING, Turn.RESPONDING)


def step(state: ClientState, event: Event) -> tuple[ClientState, tuple[Effect, ...]]:
    """Move both dials.

    Every pair of state and event is defined. An event that makes no sense where it comes (an answer that ends
    while idle) changes nothing: events of a turn that was just interrupted may still be on their way.
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
    after = replace(state, turn=_TURNS.get((event, state.turn), state.turn))
    stopping = event in (Event.SPEECH_STARTED, Event.INTERRUPTED) and state.turn in _ANSWERING
    return after, (Effect.STOP_ANSWER,) if stopping else ()


def _server_needed(state: ClientState) -> tuple[ClientState, tuple[Effect, ...]]:
    if state.link is Link.CONNECTED:
        return state, ()
    if state.link is Link.UNAUTHORISED:
        return state, (Effect.SAY_REFUSED,)
    once = () if state.degraded_said else (Effect.SAY_DEGRADED,)
    return replace(state, degraded_said=True), (*once, Effect.SAY_NEEDS_SERVER)
