"""Whether to believe a repair: accept it, ask back, or let it be talk. Pure; what it weighs was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hive_mind.understanding.grammar import Match
from hive_mind.understanding.repair import Candidate

Verdict: TypeAlias = Literal["accept", "ask", "reject"]

NEAR = 0.34
"""Candidates further away are not worth comparing with the audio."""

PRIOR_SHARE = 0.7
DISTANCE_COST = 5.0
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
        return heard - DISTANCE_COST * self.candidate.distance


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do.

    Attributes:
        verdict: accept it, ask whether it was meant, or take what was heard for talk.
        match: what was probably said; None when rejected.
        text: the sentence, as its words; empty when rejected.
    """

    verdict: Verdict
    match: Match | None = None
    text: str = ""


REJECTED = Decision("reject")


def worth_scoring(candidates: Sequence[Candidate]) -> bool:
    """Whether comparing them with the audio could make one of them acceptable."""
    return any(c.match is not None and c.distance <= NEAR for c in candidates)
