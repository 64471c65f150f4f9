"""From the client's state to the mood that is true. Eyes never lie: see the tests for what that means."""

from dataclasses import dataclass

from hive_mind.client.core.state import ClientState, Link, Turn
from hive_mind.client.ui.look import Expression, Mood, Tone

_AT_REST = {
    Link.CONNECTED: Expression.IDLE,
    Link.DEGRADED: Expression.IDLE,
    Link.CONNECTING: Expression.WAKING,
    Link.UNAUTHORISED: Expression.PUZZLED,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the mood depends on.

    Attributes:
        state: both dials of the client.
        microphone: it is open and what it hears is taken.
        muted: the user has shut the microphone.
        ringing: a timer or an alarm rings.
        elsewhere: another room has heard the same call and answers it.
        broken: a fault that the client cannot work with, such as no microphone and no speaker.
    """

    state: ClientState
    microphone: bool = True
    muted: bool = False
    ringing: bool = False
    elsewhere: bool = False
    broken: bool = False

    @property
    def hears(self) -> bool:
        """Whether words that are said now are taken."""
        return self.microphone and not self.muted


def mood_of(now: Situation) -> Mood:
    """The mood of a situation.

    An open microphone is always shown, except behind a fault. Colours: red for a critical fault, blue while
    listening, violet while working; at any other time white with a server and yellow without.
    """
    turn = now.state.turn
    connected = now.state.link is Link.CONNECTED
    link = Tone.WHITE if connected else Tone.YELLOW
    if now.broken:
        return Mood(expression=Expression.BROKEN, tone=Tone.RED)
    if now.hears and turn is Turn.LISTENING:
        return Mood(expression=Expression.LISTENING, tone=Tone.BLUE)
    if now.hears and turn is Turn.FOLLOW_UP:
        return Mood(expression=Expression.FOLLOW_UP, tone=Tone.BLUE)
    if turn is Turn.PROCESSING:
        return Mood(expression=Expression.THINKING, tone=Tone.VIOLET)
    if now.ringing:
        return Mood(expression=Expression.RINGING, tone=link)
    if turn is Turn.RESPONDING:
        return Mood(expression=Expression.SPEAKING, tone=link)
    if now.muted:
        return Mood(expression=Expression.MUTED, tone=link)
    if now.elsewhere:
        return Mood(expression=Expression.ELSEWHERE, tone=link)
    return Mood(expression=_AT_REST[now.state.link], tone=link)
