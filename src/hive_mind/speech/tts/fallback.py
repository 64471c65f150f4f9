"""A voice that falls to the next one when it fails."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TextToSpeech

log = logging.getLogger(__name__)


class FallbackVoice:
    """The first of several voices that works; one that fails is not asked again.

    A clause that fails before its first sound is said by the next voice; one that fails later is cut short
    there, and the next clause is said by the next voice. The rate stays that of the first voice.

    Args:
        voices: at least one, best first.
    """

    def __init__(self, voices: Sequence[TextToSpeech]) -> None:
        self._voices = tuple(voices)
        self._current = 0
        self.capabilities = self._voices[0].capabilities

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield the clause in the best voice that works.

        Raises:
            Cancelled: `cancel` was set.
            SpeechError: the last voice failed too.
        """
        rate = self.capabilities.rate
        while True:
            place = self._current
            heard = False
            try:
                for piece in _at_rate(self._voices[place], rate, text, speed, cancel):
                    heard = True
                    yield piece
            except SpeechError as error:
                if place + 1 == len(self._voices):
                    raise
                self._fall(place, error)
                if not heard:
                    continue
            return

    def _fall(self, place: int, error: SpeechError) -> None:
        if self._current != place:
            return
        self._current = place + 1
        fallen_to = self._voices[place + 1].capabilities
        self.capabilities = replace(fallen_to, rate=self.capabilities.rate)
        log.warning(
            "The voice %s failed (%s); from now on %s speaks.",
            self._voices[place].capabilities.name,
            error.message,
            fallen_to.name,
        )


def _at_rate(
    voice: TextToSpeech, rate: int, text: str, speed: float, cancel: CancelToken | None
) -> Iterator[Samples]:
    """What `voice` says, at another rate."""
    own = voice.capabilities.rate
    pieces = voice.synthesize(text, speed=speed, cancel=cancel)
    if own == rate:
        yield from pieces
        return
    import soxr

    stream = soxr.ResampleStream(own, rate, 1, dtype="float32")
    for piece in pieces:
        yield stream.resample_chunk(piece)
    yield stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
