"""Recognisers and voices that do as they are told."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hive_mind.errors import ModelError, SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Evidence, Hypothesis, SttCapabilities, Transcript, TtsCapabilities
from tests.fakes.virtual_time import VirtualLoop


class ScriptedStt:
    """Hears the next text of its script at each call, the last one again and again.

    Args:
        texts: what is heard.
        seconds: how long each recognition takes in virtual time.
    """

    capabilities = SttCapabilities("scripted", ("fr",), 30.0, biasing=False)

    def __init__(self, *texts: str, seconds: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop() if seconds else None
        self._texts = list(texts)
        self._seconds = seconds
        self.heard_s: list[float] = []
        self.cancelled = 0

    def transcribe(
        self, samples: Samples, *, vocabulary: Sequence[str] = (), cancel: CancelToken | None = None
    ) -> Transcript:
        self.heard_s.append(len(samples) / 16000)
        self._take(self._seconds, cancel)
        return Transcript(self._texts.pop(0) if len(self._texts) > 1 else self._texts[0])

    def _take(self, seconds: float, cancel: CancelToken | None) -> None:
        """Let so much virtual time pass, or less if nobody waits any more."""
        if isinstance(self._loop, VirtualLoop) and cancel is not None:
            stop = threading.Event()
            with cancel.calling(stop.set):
                self._loop.sleep_in_thread(seconds, stop)
            if cancel.cancelled:
                self.cancelled += 1
                cancel.raise_if_cancelled()


class ScoringStt(ScriptedStt):
    """The same, and it finds texts that begin with one of these words likely, the others not.

    Args:
        texts: what is heard.
        gains: by first word, how much likelier than over silence a text is, per token.
        again: what it reads when it listens again.
        sure: of what it hears, as a mean log probability per token; it tells of none by default.
        scoring_s: how long a comparison takes in virtual time.
        fault: what a comparison fails with.
    """

    def __init__(
        self,
        *texts: str,
        gains: Mapping[str, float],
        again: str = "",
        sure: float | None = None,
        scoring_s: float = 0.0,
        fault: ModelError | None = None,
    ) -> None:
        super().__init__(*texts)
        if scoring_s:
            self._loop = asyncio.get_running_loop()
        self._scoring_s = scoring_s
        self._fault = fault
        self._gains = gains
        self._again = again
        self._sure = sure
        self.expected: tuple[str, ...] = ()

    def transcribe(
        self, samples: Samples, *, vocabulary: Sequence[str] = (), cancel: CancelToken | None = None
    ) -> Transcript:
        heard = super().transcribe(samples, vocabulary=vocabulary, cancel=cancel)
        return (
            heard
            if self._sure is None
            else replace(heard, alternatives=(Hypothesis(heard.text, self._sure),))
        )

    def listen_again(
        self, transcript: Transcript, vocabulary: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[Hypothesis, ...]:
        self.expected = tuple(vocabulary)
        return (Hypothesis(self._again, -0.5),) if self._again else ()

    def score(
        self, transcript: Transcript, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> list[Evidence]:
        self._take(self._scoring_s, cancel)
        if self._fault is not None:
            raise self._fault
        gains = (self._gains.get(text.split()[0], -1.0) for text in texts)
        return [Evidence(10 * gain, 0.0, 10) for gain in gains]


class ToneVoice:
    """Says each text as a tone of 50 ms a letter, in pieces of half a second.

    Args:
        rate: samples per second.
        failing: texts that it cannot say.
    """

    def __init__(self, rate: int = 8000, failing: Sequence[str] = ()) -> None:
        self.capabilities = TtsCapabilities("tone", "fr", rate, streaming=True)
        self.said: list[str] = []
        self.speeds: list[tuple[str, float]] = []
        self._failing = failing

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        self.said.append(text)
        self.speeds.append((text, speed))
        if text in self._failing:
            raise SpeechError("The tone is broken.")
        rate = self.capabilities.rate
        tone = np.full(int(0.05 * rate / speed) * len(text), 0.3, np.float32)
        for at in range(0, len(tone), rate // 2):
            if cancel is not None:
                cancel.raise_if_cancelled()
            yield tone[at : at + rate // 2]
