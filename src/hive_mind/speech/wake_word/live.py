"""The score of one word on a stream, each 80 ms, with no gate: for looking at it."""

from collections.abc import Iterator

import numpy as np

from hive_mind.speech.audio import Samples
from hive_mind.speech.wake_word.embedding import WARM_UP, WIDTH, SpeechEmbedding
from hive_mind.speech.wake_word.head import Head
from hive_mind.speech.wake_word.mel import LEAD_SAMPLES, STEP_SAMPLES, MelSpectrum


class LiveScores:
    """Scores of one word; not thread-safe.

    Args:
        mel: the spectrum.
        embedding: of the spectrum; its past is forgotten.
        head: of the word.
    """

    def __init__(self, mel: MelSpectrum, embedding: SpeechEmbedding, head: Head) -> None:
        self._mel, self._embedding, self._head = mel, embedding, head
        embedding.reset()
        self._waiting = np.zeros(LEAD_SAMPLES, dtype=np.float32)
        self._known = np.zeros((0, WIDTH), dtype=np.float32)
        self._skip = WARM_UP
        self._end = 0

    def feed(self, samples: Samples) -> Iterator[tuple[int, float]]:
        """Take the next samples; yield the new scores, each with the position after what it has heard."""
        self._waiting = np.concatenate((self._waiting, samples))
        while len(self._waiting) >= LEAD_SAMPLES + STEP_SAMPLES:
            new = self._embedding(self._mel(self._waiting[: LEAD_SAMPLES + STEP_SAMPLES]))
            self._waiting = self._waiting[STEP_SAMPLES:]
            self._end += STEP_SAMPLES
            if self._skip:
                self._skip -= 1
                continue
            self._known = np.concatenate((self._known, new))[-self._head.length :]
            if len(self._known) == self._head.length:
                yield self._end, self._head.score(self._known)
