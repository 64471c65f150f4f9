"""A voice that is told what to say, how fast and when to fail."""

import threading
from collections.abc import Iterator, Mapping

import numpy as np

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TtsCapabilities


class ScriptedVoice:
    """A `TextToSpeech` whose sound depends on the text alone.

    Args:
        name: its name.
        rate: its sample rate.
        failing: for each text that fails, the number of pieces given before.
        gate: when given, each piece waits until it is set.
    """

    def __init__(
        self,
        name: str = "scripted",
        rate: int = 1000,
        failing: Mapping[str, int] | None = None,
        gate: threading.Event | None = None,
    ) -> None:
        self.capabilities = TtsCapabilities(name=name, language="fr", rate=rate, streaming=True)
        self.asked: list[str] = []
        self._failing = dict(failing or {})
        self._gate = gate

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield one piece for each word: a sample a letter, all of one value; half as many at speed 2."""
        self.asked.append(text)
        for place, word in enumerate(text.split()):
            if self._gate is not None:
                assert self._gate.wait(10)
            if cancel is not None:
                cancel.raise_if_cancelled()
            if self._failing.get(text) == place:
                raise SpeechError("scripted")
            yield np.full(round(len(word) / speed), (len(word) % 7 + 1) / 8, dtype=np.float32)
