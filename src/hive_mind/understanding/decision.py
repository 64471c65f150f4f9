"""Whether to believe a repair: accept it, ask back, or let it be talk. Pure; what it weighs was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hive_mind.understanding.grammar import Match
from hive_mind.understanding.repair import Candidate

Verdict: TypeAlias = Literal["accept", "ask", "reject"]

NEAR = 0.34
"""Candidates further away are not worth comparing with the audio."""

PRIOR_SHARE, DISTANCE_COST, TAKEN_COST = 0.7, 40.0, 8.0
"""Ranking: log P(sentence | audio) - 0.7 log P(sentence | near-silence) - 40 distance, less 8 where a value
was taken as it was heard: the audio always supports that, so it proves nothing. These and the following were
set on 405 sentences of our own in 16 synthetic voices and on the half "dev" of the synthetic commands."""

ACCEPT_GAIN, ASK_GAIN = 1.0, 0.6
"""What the audio must add, per token, to accept and to ask."""

FAR_COST = 3.0
"""The gain counts less by this for each unit of distance."""

LOSS_SHARE = 0.1
"""The gain counts less by this share of how much worse, per token, the sentence fits than what was heard."""

STRICT = 0.06
"""Without audio, a sentence must be so near: one sound in a short order, or two mute ones."""

STRICT_COST, STRICT_ASK_COST = 0.3, 0.6
"""And its sounds may cost so much in all, to accept and to ask: a vowel for a near one, a consonant for a
near one. Of 813 typed sentences of other projects, none that no sentence matches was so near."""

STRICT_WEIGHT = 4.0
"""Shorter sentences are asked about, or without audio not repaired: two syllables sound like too many other
things."""

MARGIN, DURATION_MARGIN = 1.5, 3.0
"""Another order that scores within it could as well have been said: ask. Durations sound alike (six, dix),
and a timer that rings at the wrong time is worse than a question."""

LONGEST_S = 86400.0
"""No repair starts a timer of more than a day: "dix mille ans" was something else."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate and what the recogniser makes of it, if it was asked.

    Attributes:
        candidate: the sentence.
        log_probability: of the sentence given the audio; None when it was not compared.
        prior: the same given near-silence.
        tokens: of the sentence for the recogniser.
    """

    candidate: Candidate
    log_probability: float | None = None
    prior: float = 0.0
    tokens: int = 1

    @property
    def score(self) -> float:
        """What ranks candidates: the higher, the likelier; without audio, the nearer."""
        heard = 0.0 if self.log_probability is None else self.log_probability - PRIOR_SHARE * self.prior
        here = self.candidate
        return heard - DISTANCE_COST * here.distance - TAKEN_COST * here.taken

    def gain(self, log_probability_heard: float) -> float:
        """What the audio adds per token, less what the sentence loses against the transcript."""
        if self.log_probability is None:
            return 0.0
        loss = max(0.0, log_probability_heard - self.log_probability)
        added = (self.log_probability - PRIOR_SHARE * self.prior - LOSS_SHARE * loss) / self.tokens
        return added - FAR_COST * self.candidate.distance


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do.

    Attributes:
        verdict: accept it, ask whether it was meant, or take what was heard for talk.
        match: what was probably said; None when rejected.
        text: the sentence, as its words; empty when rejected.
        distance: between what was heard and it.
    """

    verdict: Verdict
    match: Match | None = None
    text: str = ""
    distance: float = 0.0


REJECTED = Decision("reject")


def worth_scoring(candidates: Sequence[Candidate], near: float = NEAR) -> bool:
    """Whether comparing them with the audio could make one of them acceptable.

    Args:
        candidates: by sound.
        near: how far away they may be.
    """
    return any(c.match is not None and c.distance <= near and _plausible(c.match) for c in candidates)


def decide(weighed: Sequence[Weighed], log_probability_heard: float = 0.0) -> Decision:
    """Decide on candidates.

    Args:
        weighed: all compared with the audio, or none.
        log_probability_heard: of the transcript given the audio, where they were compared.
    """
    ranked = sorted(weighed, key=lambda w: -w.score)
    if not ranked:
        return REJECTED
    best = ranked[0]
    match = best.candidate.match
    if match is None or not _plausible(match) or best.candidate.distance > NEAR:
        return REJECTED
    if best.log_probability is None:
        verdict = _by_sound(best, ranked[1:])
    else:
        gain = best.gain(log_probability_heard)
        light = best.candidate.weight < STRICT_WEIGHT
        doubtful = light or best.candidate.taken or any(_rivals(best, other) for other in ranked[1:])
        verdict = (
            "accept" if gain >= ACCEPT_GAIN and not doubtful else "ask" if gain >= ASK_GAIN else "reject"
        )
    if verdict == "reject":
        return REJECTED
    return Decision(verdict, match, best.candidate.text, best.candidate.distance)


def _rivals(best: Weighed, other: Weighed) -> bool:
    """Whether another order could as well have been said."""
    mine, theirs = best.candidate.match, other.candidate.match
    if mine is None or theirs is None:
        return False
    timed = mine.slots.get("duration_s") != theirs.slots.get("duration_s")
    return best.score - other.score < (DURATION_MARGIN if timed else MARGIN)


def _by_sound(best: Weighed, others: Sequence[Weighed]) -> Verdict:
    """Without audio: only what sounds the same, and nothing else does."""
    here = best.candidate
    cost = here.distance * here.weight
    if here.taken or here.distance > STRICT or here.weight < STRICT_WEIGHT or cost > STRICT_ASK_COST:
        return "reject"
    if any(w.candidate.distance < max(2 * here.distance, STRICT / 2) for w in others):
        return "reject"
    return "accept" if cost <= STRICT_COST else "ask"


def _plausible(match: Match) -> bool:
    seconds = match.slots.get("duration_s")
    return not isinstance(seconds, int | float) or 0 < seconds <= LONGEST_S
