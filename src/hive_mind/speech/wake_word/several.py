"""Several wake word detectors as one."""

from collections.abc import Sequence

from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import Wake, WakeWordDetector
from hive_mind.speech.wake_word.lessons import Learner, Lesson, Seen


class SeveralDetectors:
    """A `WakeWordDetector` of others, which all hear everything; of wakes with one frame the surest counts.

    Args:
        detectors: at least one.
    """

    def __init__(self, detectors: Sequence[WakeWordDetector]) -> None:
        self._detectors = tuple(detectors)

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words of all."""
        return tuple(word for detector in self._detectors for word in detector.words)

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take the next frame; see `WakeWordDetector`."""
        wakes = [wake for detector in self._detectors if (wake := detector.hear(frame, speech))]
        return max(wakes, key=lambda wake: wake.score, default=None)

    def seen(self, word: str) -> Seen | None:
        """See `Learner`."""
        learners = [each for each in self._detectors if isinstance(each, Learner) and word in each.words]
        return learners[0].seen(word) if learners else None

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        """See `Learner`."""
        for detector in self._detectors:
            if isinstance(detector, Learner):
                detector.adapt(lessons)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        for detector in self._detectors:
            detector.reset()
