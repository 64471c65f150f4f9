"""Wake word detectors and verifiers that do as they are told."""

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.engines import Wake


class ScriptedWake:
    """Hears its word at given moments of what is heard.

    Args:
        at_s: ends of the words, in seconds since the last `reset`.
        late_s: how much later it is sure.
        score: of each.
    """

    words = ("hey_jarvis",)

    def __init__(self, *at_s: float, late_s: float = 0.2, score: float = 0.95) -> None:
        self._ends = [int(at * SAMPLE_RATE) for at in at_s]
        self._late = int(late_s * SAMPLE_RATE)
        self._score = score
        self._position = 0

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        del speech
        before, self._position = self._position, self._position + len(frame)
        for end in self._ends:
            if before < end + self._late <= self._position:
                return Wake(self.words[0], self._score, end)
        return None

    def reset(self) -> None:
        self._position = 0


class ScriptedVerifier:
    """Answers what its script says, and keeps what it was shown."""

    def __init__(self, *answers: bool) -> None:
        self._answers = list(answers)
        self.shown_s: list[float] = []

    def verify(self, wake: Wake, samples: Samples) -> bool:
        assert wake.end_sample % FRAME_SAMPLES >= 0
        self.shown_s.append(len(samples) / SAMPLE_RATE)
        return self._answers.pop(0)
