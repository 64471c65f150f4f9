"""Wakes that somebody else verifies: a loose detector with what the verifier must be told."""

from collections.abc import Mapping, Sequence

from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.cascade import Candidates, Remembered
from hive_mind.speech.wake_word.lessons import Lesson, Seen
from hive_mind.speech.wake_word.verifier import Phrase


class UnverifiedWakeWords:
    """A `WakeWordDetector` that wakes far too easily; see above.

    Args:
        candidates: of the loose detector.
        phrases: what each word must sound like; one without a phrase is believed.
        strict: of each word, the score from which on it is believed where nobody can verify it.
    """

    def __init__(
        self, candidates: Candidates, phrases: Mapping[str, Phrase], strict: Mapping[str, float]
    ) -> None:
        self._candidates = Remembered(candidates)
        self._phrases = dict(phrases)
        self._strict = dict(strict)

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return self._candidates.words

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take the next frame; a wake here is one of the first stage alone, a moment old."""
        return self._candidates.hear(frame, speech)

    def phrase(self, word: str) -> Phrase | None:
        """What a word must sound like."""
        return self._phrases.get(word)

    def sound(self, wake: Wake, samples: Samples) -> Samples:
        """What is compared with the phrase: what `hear` kept, else `samples`."""
        return self._candidates.of(wake, samples).samples

    def sure(self, wake: Wake) -> bool:
        """Whether the detector would have woken without anybody to verify it."""
        seen = self.seen(wake.word)
        return (seen.score if seen else wake.score) >= self._strict.get(wake.word, 0.0)

    def seen(self, word: str) -> Seen | None:
        """See `Learner`."""
        return self._candidates.seen(word)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        """See `Learner`."""
        self._candidates.adapt(lessons)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._candidates.reset()
