"""Second stage: the recogniser says whether the wake phrase was really said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import ScoresPhrases, Wake
from hive_mind.speech.wake_word.card import WakeWordCard
from hive_mind.speech.wake_word.trigger import log_odds

LEAD_SAMPLES = 6 * SAMPLE_RATE // 5
"""Audio before the end of the word: room for the longest phrase, and little of what was said before it."""

TAIL_SAMPLES = SAMPLE_RATE // 16
"""Audio after it, in case the end was taken too early: 62 ms of the time from the word to the wake."""

SUREST = 3.0
"""Log odds of a detector above which it is no surer."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a wake word must sound like.

    Attributes:
        spellings: ways to write it; the best one counts.
        floor: mean log probability that it must reach.
        handicaps: of each spelling, how much better than the first one it fits anything; none by default.
        trust: how much of the detector's log odds counts with the fit: the surer it is, the less the sound
            must fit. What sounds nearly like the word seldom deceives both.
    """

    spellings: tuple[str, ...]
    floor: float
    handicaps: tuple[float, ...] = ()
    trust: float = 0.0

    def fit(self, scores: Sequence[float]) -> float:
        """How well the best spelling fits, without what the detector thinks.

        Args:
            scores: of each spelling.
        """
        return best_fit(scores, self.handicaps)

    def bonus(self, odds: float) -> float:
        """What the detector's opinion adds to the fit.

        Args:
            odds: the highest log odds of the word so far.
        """
        return self.trust * min(odds, SUREST)


def best_fit(scores: Sequence[float], handicaps: Sequence[float] = ()) -> float:
    """The best score, after handicaps; those that are missing are 0."""
    padded = chain(handicaps, repeat(0.0))
    return max(score - less for score, less in zip(scores, padded, strict=False))


def phrase_of(card: WakeWordCard) -> Phrase:
    """What a word with this card must sound like."""
    return Phrase(card.verified_by, card.verify_at, card.handicaps, card.trust)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a wake is one.

    Attributes:
        accepted: whether it is.
        score: mean log probability of the phrase, after handicaps and trust; 0 for what is not verified.
    """

    accepted: bool
    score: float


class WakeVerifier:
    """Verifies wakes; blocking, about 0.16 s of one core each.

    Args:
        stt: compares the phrase with the sound.
        phrases: by name of the word; any other word is accepted as it is.
    """

    def __init__(self, stt: ScoresPhrases, phrases: Mapping[str, Phrase]) -> None:
        self._stt = stt
        self._phrases = dict(phrases)

    def verify(self, wake: Wake, samples: Samples, *, cancel: CancelToken | None = None) -> Verdict:
        """Whether the word was said.

        Args:
            wake: of the first stage, with the highest score so far.
            samples: from `LEAD_SAMPLES` before the word's end to `TAIL_SAMPLES` after it.
            cancel: gives the caller control back early.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the recogniser failed.
        """
        phrase = self._phrases.get(wake.word)
        if phrase is None:
            return Verdict(accepted=True, score=0.0)
        fit = phrase.fit(self._stt.phrase_scores(samples, phrase.spellings, cancel=cancel))
        score = fit + phrase.bonus(log_odds(wake.score))
        return Verdict(score >= phrase.floor, score)
