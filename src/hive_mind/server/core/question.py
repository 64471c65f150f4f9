"""What was asked: one utterance, where it came from, and what was done of its beginning."""

from dataclasses import dataclass

from hive_mind.server.core.ladder import Understood
from hive_mind.speech.engines import Transcript


@dataclass(frozen=True, slots=True)
class Question:
    """See above.

    Attributes:
        text: what the user said.
        client_id: who asked.
        room: where, if that is known.
        utterance_id: of the question, if it had one.
        heard: the text as our own recogniser heard it, where it did.
        rooms: in which the client may act; None: all.
        fresh: it is the first question since the client came.
        amends: what was done already of its beginning, before the speaker went on.
    """

    text: str
    client_id: str
    room: str | None = None
    utterance_id: str | None = None
    heard: Transcript | None = None
    rooms: tuple[str, ...] | None = None
    fresh: bool = False
    amends: Understood | None = None

    @property
    def name(self) -> str | None:
        """By which it is known again when it comes twice; of what goes on, the beginning has that name."""
        return None if self.amends is not None else self.utterance_id
