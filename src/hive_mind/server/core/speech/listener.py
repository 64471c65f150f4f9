"""Whoever is told what a client says: what was said, what it asks for, and what is done with it."""

from dataclasses import dataclass
from typing import Protocol

from hive_mind.errors import HiveMindError
from hive_mind.language.interruptions import Interruption
from hive_mind.protocol.messages import ServerMessage
from hive_mind.speech.engines import Transcript

MOST_READINGS = 4
"""Readings that are looked at for a word that silences: one word alone is heard badly."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asks for, as far as listening depends on it.

    Attributes:
        gate_ms: silence that ends an utterance that reads so.
        order: whether a sentence that is known was in it.
        amendable: whether all that it asks for can be taken back.
    """

    gate_ms: int
    order: bool
    amendable: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance as it was recognised.

    Attributes:
        utterance_id: the client's name for it.
        text: the words.
        transcript: the same with what a repair by ear needs.
        stt_ms: how long recognition took, its waiting included.
        endpoint_ms: the silence that ended it, as soon as it has.
    """

    utterance_id: str
    text: str
    transcript: Transcript
    stt_ms: float
    endpoint_ms: float = 0.0

    @property
    def readings(self) -> tuple[str, ...]:
        """What may have been said, the likeliest first."""
        others = (reading.text for reading in self.transcript.alternatives[1:MOST_READINGS])
        return (self.text, *others)


class Listener(Protocol):
    """The client as known here, as far as an utterance needs it."""

    @property
    def calls(self) -> tuple[str, ...]:
        """Wake words that may still stand at the head of what is said."""
        ...

    def send(self, message: ServerMessage) -> None:
        """Send to the client."""
        ...

    def on_listening(self) -> None:
        """Somebody begins to speak: get ready, while the processor is idle."""
        ...

    async def read(self, text: str) -> Reading:
        """What a text asks for."""
        ...

    async def more(self, said: Said) -> tuple[Said, Reading] | None:
        """The order that was just answered and more of it, and what it asks for; None: no such."""
        ...

    def on_said(self, said: Said, *, final: bool) -> str | None:
        """Prepare an answer; `final`: answer, in the turn that is returned."""
        ...

    def on_unsaid(self, utterance_id: str) -> None:
        """Drop what was prepared: the speaker goes on."""
        ...

    def on_deaf(self, utterance_id: str, error: HiveMindError) -> None:
        """The utterance cannot be heard."""
        ...

    def silenced(self, said: Said, over: str) -> Interruption | None:
        """Whether this, said over the answer of a turn, silences it; then it is silent."""
        ...
