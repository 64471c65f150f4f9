"""Everything a turn works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hive_mind.client.core.clock import Clock
from hive_mind.client.core.dialogue import Dialogue
from hive_mind.client.core.homecoming import Homecoming
from hive_mind.client.core.state import ClientState, Effect, Event, step
from hive_mind.client.core.timers import Timekeeper
from hive_mind.client.core.websocket import ServerLink
from hive_mind.client.core.worker import Worker
from hive_mind.mending import Mender
from hive_mind.speech.engines import SpeechToText, TextToSpeech, Wake
from hive_mind.speech.pace import Pace
from hive_mind.speech.playout import PlayoutSink
from hive_mind.speech.preparing import Preparer
from hive_mind.understanding.grammar import Grammar


class Status:
    """The state machine's shell: holds the present state and tells who watches it."""

    def __init__(self, on_change: Callable[[ClientState], None] = lambda _: None) -> None:
        self.state = ClientState()
        self._on_change = on_change

    def tell(self, event: Event) -> tuple[Effect, ...]:
        """Something happened; returns what must be done."""
        before = self.state
        self.state, effects = step(before, event)
        if self.state != before:
            self._on_change(self.state)
        return effects


@dataclass(slots=True)
class Parts:
    """The engines, the link and the records that turns share.

    Attributes:
        stt: recognises speech, in `stt_worker`.
        voice: speaks, in `voice_worker`.
        preparer: renders ahead while nothing else needs the processor.
        grammar: local commands.
        keeper: timers, alarms, stopwatch and volume.
        link: the server; None for a client that works alone.
        shares_cpu: the server runs on this machine, so its LLM and our voice fight for the cores.
        vocabulary: words that the recogniser should expect.
        pace: how fast the voice is.
        dialogue: what was said before.
        mender: repairs what was misheard; None leaves it as it is.
        on_wake: told of each wake that counts.
        homecoming: what is told of a server that is away, and the questions that wait for it.
    """

    stt: SpeechToText
    stt_worker: Worker
    voice: TextToSpeech
    voice_worker: Worker
    preparer: Preparer
    grammar: Grammar
    keeper: Timekeeper
    sink: PlayoutSink
    clock: Clock
    link: ServerLink | None = None
    shares_cpu: bool = False
    vocabulary: Sequence[str] = ()
    pace: Pace = field(default_factory=Pace)
    status: Status = field(default_factory=Status)
    dialogue: Dialogue = field(default_factory=Dialogue)
    mender: Mender | None = None
    homecoming: Homecoming | None = None
    on_wake: Callable[[Wake], None] = lambda _: None

    def loudness(self) -> float:
        """Factor of the voice's amplitude for the volume that was asked for."""
        return self.keeper.loudness

    def speed(self) -> float:
        """Speed of the voice that was asked for."""
        return self.keeper.speed
