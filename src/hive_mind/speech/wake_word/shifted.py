"""A wake word detector that begins in the middle of what is heard."""

from dataclasses import replace

from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import Wake, WakeWordDetector


class ShiftedWakeWords:
    """Counts positions as its listener does, which has heard for a while already.

    Args:
        detector: counts from 0.
        start: position at which the detector begins, in samples.
    """

    def __init__(self, detector: WakeWordDetector, start: int) -> None:
        self._detector = detector
        self._start = start

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return self._detector.words

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take the next frame, as any `WakeWordDetector`."""
        wake = self._detector.hear(frame, speech)
        return None if wake is None else replace(wake, end_sample=wake.end_sample + self._start)

    def own(self, wake: Wake) -> Wake:
        """A wake of ours as the detector knows it."""
        return replace(wake, end_sample=wake.end_sample - self._start)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._detector.reset()
        self._start = 0
