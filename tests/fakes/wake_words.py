"""Wake word parts that do what a script says."""

from collections.abc import Mapping, Sequence

from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Wake


class ScriptedDetector:
    """A `WakeWordDetector` that hears chosen words at chosen frames.

    Args:
        wakes: by number of the frame, from 0.
        words: names.
    """

    def __init__(self, wakes: Mapping[int, Wake], words: Sequence[str] = ("hey_jarvis",)) -> None:
        self._wakes = dict(wakes)
        self._words = tuple(words)
        self.frames = 0

    @property
    def words(self) -> tuple[str, ...]:
        return self._words

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        self.frames += 1
        return self._wakes.get(self.frames - 1)

    def reset(self) -> None:
        self.frames = 0


class ScriptedScorer:
    """`ScoresPhrases` with a fixed score for each text; remembers what it was asked."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = dict(scores)
        self.asked: list[tuple[int, tuple[str, ...]]] = []

    def phrase_scores(
        self, samples: Samples, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[float, ...]:
        self.asked.append((len(samples), tuple(texts)))
        return tuple(self._scores.get(text, -9.0) for text in texts)


class TinyPorcupine:
    """The part of Porcupine that is used: 512 samples at 16 kHz; a loud frame is its first keyword."""

    def __init__(self, frame_length: int = 512, sample_rate: int = 16_000) -> None:
        self.frame_length = frame_length
        self.sample_rate = sample_rate
        self.frames: list[list[int]] = []

    def process(self, pcm: Sequence[int]) -> int:
        assert len(pcm) == self.frame_length
        self.frames.append(list(pcm))
        return 0 if max(pcm) > 16_000 else -1
