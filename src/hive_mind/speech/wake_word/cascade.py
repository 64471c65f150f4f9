"""Two stages: a loose detector that never sleeps, and a verifier for what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples, silence
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Wake, WakeWordDetector
from hive_mind.speech.wake_word.lessons import Learner, Lesson, Seen
from hive_mind.speech.wake_word.mel import STEP_SAMPLES
from hive_mind.speech.wake_word.recent_audio import RecentAudio
from hive_mind.speech.wake_word.trigger import log_odds
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, TAIL_SAMPLES, Verdict, WakeVerifier

KEPT_SAMPLES = LEAD_SAMPLES + TAIL_SAMPLES + SAMPLE_RATE
"""Audio that is kept: what is verified, and what may come between the word's end and its wake."""

EARLY_ODDS = -2.0
"""Log odds that the score must have for a first look: most of what is no word has less, and looking costs."""

LATER_SAMPLES = 3 * SAMPLE_RATE // 10
"""By how much the detector may be sure of a word before it is over: then the other looks see half of it."""

SAME_CALL = 3 * SAMPLE_RATE // 2
"""What ends within so many samples after a wake that was verified is the same call."""

MOST_WAITING = 4
"""Candidates that wait to be verified; of more, the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wake of the first stage, with what the second needs.

    Attributes:
        wake: what was heard; positions as the detector counts them.
        samples: the phrase and a little around it.
    """

    wake: Wake
    samples: Samples


class Candidates:
    """A loose detector that also keeps the sound of what it hears. Not thread-safe.

    Such a detector wakes on half a word or on all of it. So a candidate comes with the wake, or as soon as
    its score is `EARLY_ODDS`; again when the score is done with rising, if that takes longer; and a last time
    `LATER_SAMPLES` after that. Who accepts it at once need not wait, and it is not lost to whom the first
    time was too early.

    Args:
        detector: wakes easily.
    """

    def __init__(self, detector: WakeWordDetector) -> None:
        self._detector = detector
        self._audio = RecentAudio(KEPT_SAMPLES + FRAME_SAMPLES)
        self._waiting: Wake | None = None
        self._woke_at = 0
        self._early = False
        self._again: Wake | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return self._detector.words

    def hear(self, frame: Samples, speech: float) -> Candidate | None:
        """Take the next frame, as a `WakeWordDetector` does; a candidate once what follows it is here too."""
        self._audio.push(frame)
        wake = self._detector.hear(frame, speech)
        if self._waiting is None and wake is not None:
            self._waiting, self._woke_at, self._again = wake, self._audio.end, None
            self._early = True
        if self._waiting is None:
            return self._last()
        seen = self.seen(self._waiting.word)
        later = 0 if seen is None else seen.later
        end = self._waiting.end_sample + later + TAIL_SAMPLES
        rising = seen is not None and self._audio.end < self._woke_at + later + STEP_SAMPLES
        if rising or self._audio.end < end:
            return self._first(self._waiting)
        found, self._waiting = replace(self._waiting, end_sample=end - TAIL_SAMPLES), None
        self._again = replace(found, end_sample=found.end_sample + LATER_SAMPLES)
        return self._candidate(found)

    def _first(self, wake: Wake) -> Candidate | None:
        """The candidate as it is by now, once."""
        if not self._early:
            return None
        seen = self.seen(wake.word)
        if seen is not None and log_odds(seen.score) < EARLY_ODDS:
            return None
        self._early = False
        return self._candidate(replace(wake, end_sample=min(wake.end_sample, self._audio.end - TAIL_SAMPLES)))

    def _last(self) -> Candidate | None:
        """The last candidate once more, once what follows is here."""
        if self._again is None or self._audio.end < self._again.end_sample + TAIL_SAMPLES:
            return None
        found, self._again = self._again, None
        return self._candidate(found)

    def _candidate(self, wake: Wake) -> Candidate:
        seen = self.seen(wake.word)
        wake = wake if seen is None else replace(wake, score=max(wake.score, seen.score))
        end = wake.end_sample + TAIL_SAMPLES
        start = max(wake.end_sample - LEAD_SAMPLES, self._audio.end - KEPT_SAMPLES)
        return Candidate(wake, np.array(self._audio.between(start, max(start, end))))

    def seen(self, word: str) -> Seen | None:
        """See `Learner`."""
        return self._detector.seen(word) if isinstance(self._detector, Learner) else None

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        """See `Learner`."""
        if isinstance(self._detector, Learner):
            self._detector.adapt(lessons)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._detector.reset()
        self._audio.clear()
        self._waiting = self._again = None


class Cascade(Candidates):
    """A loose detector and a verifier.

    `hear` is quick and belongs where the microphone's frames come in; it goes on listening whatever becomes
    of a candidate. `verify` blocks for a fifth of a second and belongs in the recogniser's worker.

    Args:
        detector: wakes easily.
        verifier: tells which wakes are ones.
    """

    def __init__(self, detector: WakeWordDetector, verifier: WakeVerifier) -> None:
        super().__init__(detector)
        self._verifier = verifier

    def verify(self, candidate: Candidate, *, cancel: CancelToken | None = None) -> Verdict:
        """Whether a candidate is a wake; blocking.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the recogniser failed.
        """
        return self._verifier.verify(candidate.wake, candidate.samples, cancel=cancel)


class Remembered:
    """Candidates as a `WakeWordDetector`: their wakes, and on demand their sound.

    Args:
        candidates: where they come from.
    """

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._last: dict[Wake, Candidate] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return self._candidates.words

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take the next frame; a wake here is one of the first stage alone, a moment old."""
        candidate = self._candidates.hear(frame, speech)
        if candidate is None:
            return None
        self._last = dict([*self._last.items(), (candidate.wake, candidate)][-MOST_WAITING:])
        return candidate.wake

    def of(self, wake: Wake, samples: Samples) -> Candidate:
        """The candidate that this wake was; one of these samples where it is not known any more."""
        return self._last.get(wake) or Candidate(wake, samples)

    def seen(self, word: str) -> Seen | None:
        """See `Learner`."""
        return self._candidates.seen(word)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        """See `Learner`."""
        self._candidates.adapt(lessons)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._candidates.reset()
        self._last = {}


class VerifiedWakeWords(Remembered):
    """A cascade as a `WakeWordDetector` and its `WakeWordVerifier`, for a voice loop.

    Args:
        cascade: both stages.
    """

    def __init__(self, cascade: Cascade) -> None:
        super().__init__(cascade)
        self._cascade = cascade

    def warm(self) -> None:
        """Do now what the first verification would wait for, which can be two seconds' work; blocking.

        Raises:
            SpeechError: the recogniser failed.
        """
        for word in self.words:
            self.verify(Wake(word, 0.0, 0), silence(KEPT_SAMPLES / SAMPLE_RATE))

    def verify(self, wake: Wake, samples: Samples) -> bool:
        """Whether it was the word; blocking. The audio that `hear` kept counts, if there is any.

        Raises:
            SpeechError: the recogniser failed.
        """
        return self._cascade.verify(self.of(wake, samples)).accepted
