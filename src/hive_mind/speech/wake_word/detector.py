"""Listens for openWakeWord's words, computing only while somebody speaks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, Samples
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.embedding import WARM_UP, WIDTH, Floats, SpeechEmbedding
from hive_mind.speech.wake_word.gate import SpeechGate
from hive_mind.speech.wake_word.head import Head
from hive_mind.speech.wake_word.lessons import Lesson, Seen
from hive_mind.speech.wake_word.mel import LEAD_SAMPLES, STEP_SAMPLES, MelSpectrum
from hive_mind.speech.wake_word.recent_audio import RecentAudio
from hive_mind.speech.wake_word.rise import WATCHED, risen
from hive_mind.speech.wake_word.strictness import stricter
from hive_mind.speech.wake_word.trigger import (
    REFRACTORY,
    Trigger,
    TriggerWord,
    from_log_odds,
    log_odds,
)


@dataclass(frozen=True, slots=True)
class ListenedWord:
    """One word with its network.

    Attributes:
        trigger: its name and how its scores are read.
        head: gives the scores.
    """

    trigger: TriggerWord
    head: Head


class OpenWakeWord:
    """A `WakeWordDetector`: every 80 ms of speech one embedding, and each word's score on the last of them.

    While nobody speaks nothing is computed. When speech begins, it catches up with the audio before it, so
    that the scores are those of a detector that never paused. Not thread-safe: one instance a microphone.

    Args:
        mel: the spectrum.
        embedding: of the spectrum.
        words: at least one.
        gate: when to listen.
        refractory: samples after a wake in which none follows.
    """

    def __init__(
        self,
        mel: MelSpectrum,
        embedding: SpeechEmbedding,
        words: Sequence[ListenedWord],
        gate: SpeechGate | None = None,
        refractory: int = REFRACTORY,
    ) -> None:
        self._mel = mel
        self._embedding = embedding
        self._words = tuple(words)
        self._gate = gate or SpeechGate()
        self._trigger = Trigger([word.trigger for word in words], refractory)
        self._seen: dict[str, Seen] = {}
        self._watched: tuple[int, list[float]] | None = None  # a word's place, and its log odds since it woke
        self._length = max(word.head.length for word in words)
        self._past = (WARM_UP + self._length) * STEP_SAMPLES
        self._audio = RecentAudio(self._past + LEAD_SAMPLES + STEP_SAMPLES + FRAME_SAMPLES)
        self._computed = -self._past - 1
        self._embeddings = np.zeros((0, WIDTH), dtype=np.float32)

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return tuple(word.trigger.name for word in self._words)

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take the next frame; see `WakeWordDetector`. Up to 10 ms of work when speech begins, else 1."""
        self._audio.push(frame if np.isfinite(frame).all() else np.nan_to_num(frame, posinf=1.0, neginf=-1.0))
        if not self._gate.feed(speech):
            return None
        end = self._audio.end // STEP_SAMPLES * STEP_SAMPLES
        start = max(self._computed, end - self._past)
        if start >= end:
            return None
        paused = start > self._computed
        self._computed = end
        return self._compute(start, end, paused=paused)

    def reset(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._audio.clear()
        self._gate.reset()
        self._trigger.reset()
        self._computed = -self._past - 1
        self._embeddings = np.zeros((0, WIDTH), dtype=np.float32)
        self._watched = None

    def seen(self, word: str) -> Seen | None:
        """See `Learner`."""
        return self._seen.get(word)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        """See `Learner`. May run in another thread than `hear`."""
        learnt: list[TriggerWord] = []
        for word in self._words:
            scores: dict[bool, list[float]] = {True: [], False: []}
            for lesson in lessons:
                if lesson.word == word.trigger.name and len(lesson.embeddings) >= word.head.length:
                    odds = log_odds(word.head.score(lesson.embeddings[-word.head.length :]))
                    scores[lesson.meant].append(odds)
            own = log_odds(word.trigger.threshold)
            rise = stricter(own, scores[False], scores[True])
            learnt.append(replace(word.trigger, threshold=from_log_odds(own + rise)))
        self._trigger.learn(learnt)

    def _look(self, scores: Sequence[float], known: Floats, last: int) -> None:
        """Keep the window on which the word that was just heard is surest, and when its score had risen."""
        if self._watched is None:
            return
        place, odds = self._watched
        word = self._words[place]
        odds.append(log_odds(scores[place]))
        seen = self._seen.get(word.trigger.name)
        if seen is None or scores[place] > seen.score:
            seen = Seen(known[last - word.head.length : last].copy(), scores[place])
        self._seen[word.trigger.name] = replace(seen, later=risen(odds) * STEP_SAMPLES)
        if len(odds) == WATCHED:
            self._watched = None

    def _compute(self, start: int, end: int, *, paused: bool) -> Wake | None:
        if paused:
            self._embedding.reset()
            self._trigger.forget()
        new = self._embedding(self._mel(self._audio.between(start - LEAD_SAMPLES, end)))
        known = new[WARM_UP:] if paused else np.concatenate((self._embeddings, new))
        wake: Wake | None = None
        fresh = min(len(new), len(known) - self._length + 1)
        for left in reversed(range(fresh)):
            last = len(known) - left
            scores = [word.head.score(known[last - word.head.length : last]) for word in self._words]
            heard = self._trigger.hear(end - left * STEP_SAMPLES, scores)
            if heard is not None:
                self._watched = (self.words.index(heard.word), [])
                self._seen.pop(heard.word, None)
            self._look(scores, known, last)
            wake = wake or heard
        self._embeddings = known[-self._length :]
        return wake
