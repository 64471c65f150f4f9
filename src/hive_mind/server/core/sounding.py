"""Whether an answer sounds at a client now, for whoever looks on: by our voice, or as the client tells."""

from collections.abc import Callable

from hive_mind.protocol.messages import ClientMessage, Interrupt, Playout, VoiceInput
from hive_mind.server.core.speech.mouth import Mouth


class Sounding:
    """See above.

    Args:
        mouth: our voice, for a client without one.
        changed: told whenever this changes.
    """

    def __init__(self, mouth: Mouth, changed: Callable[[], None]) -> None:
        self._mouth = mouth
        self._turn_id: str | None = None
        self._changed = changed
        mouth.on_over = changed

    @property
    def on(self) -> bool:
        """Whether anything sounds, or is about to."""
        return self._turn_id is not None or self._mouth.speaking

    def see(self, message: ClientMessage) -> None:
        """What the client sends."""
        match message:
            case Playout(state="started", turn_id=turn_id):
                self._set(turn_id)
            case Playout() | Interrupt() | VoiceInput(speculative=None | False):
                self._set(None)

    def over(self) -> None:
        """The client is gone."""
        self._turn_id = None

    def _set(self, turn_id: str | None) -> None:
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self._changed()
