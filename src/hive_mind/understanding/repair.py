"""Repair: sentences of the live grammar that a misheard transcript may have been, by sound. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from hive_mind.language.alikeness import weight
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.speakable import speakable
from hive_mind.language.words import Word, words_of
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.sound_network import SoundNetwork
from hive_mind.understanding.sound_walk import Heard, Taken, heard_as, share, walk

MOST_READINGS = 6
"""Different readings of the transcripts that are walked."""

MOST_SENTENCES = 12
"""Sentences that are matched to see what they mean, the nearest first."""

MOST_FREE = 0.4
"""An order of which more than this share was taken as it was heard (a name, an item) proves too little."""

_LONGEST_WORDS = 20
"""Nobody says a longer order; talk is not searched for one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may have been said.

    Attributes:
        text: the sentence as it is written, without capitals or punctuation.
        match: what it means; None for a sentence that somebody else answers (an anti-command).
        distance: between what was heard and it, in [0, 1]; 0 when they sound the same.
        heard: the transcript that it is nearest to.
        taken: whether a value in it was taken as it was heard (a name, a town): it may be misheard too.
        weight: of its sounds, as `alikeness` counts; about 1.5 a syllable.
    """

    text: str
    match: Match | None
    distance: float
    heard: str = ""
    weight: float = 0.0
    taken: bool = False


class Repairer:
    """Repairs transcripts against one grammar; keeps what it has read of it. One thread at a time.

    Args:
        grammar: the live one; make another repairer for another grammar.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._network = SoundNetwork(grammar.network)

    def candidates(
        self, transcripts: Sequence[str], limit: int = 8, *, expecting: str | None = None
    ) -> list[Candidate]:
        """Sentences near to any of the transcripts, the nearest first, each meaning once.

        Args:
            transcripts: readings of one utterance, the best first.
            limit: most candidates.
            expecting: kind of answer that an open question back waits for.
        """
        entry = self._network.begin(self._grammar.entries(expecting))
        nearest: dict[tuple[str, ...], tuple[float, str, bool]] = {}
        for transcript, heard in self._readings(transcripts):
            for found in walk(self._network, entry, heard)[:MOST_SENTENCES]:
                distance = share(found, heard)
                known = nearest.get(found.words)
                if known is None or distance < known[0]:
                    free = found.free > MOST_FREE * heard.left[0]
                    nearest[found.words] = (distance, transcript, free)
        ranked = sorted(nearest.items(), key=lambda item: (item[1][0], item[0]))
        meanings: dict[object, Candidate] = {}
        for words, (distance, transcript, free) in ranked[:MOST_SENTENCES]:
            text = " ".join(words)
            match = self._grammar.match(text, expecting=expecting)
            if match is not None and free:
                continue
            if match is not None:
                match = replace(match, rung="repair", confidence=round(max(0.01, 1.0 - distance), 3))
            taken = any(isinstance(word, Taken) for word in words)
            weight_ = round(_weight(words), 2)
            candidate = Candidate(text, match, round(distance, 4), transcript, weight_, taken)
            meanings.setdefault(_meaning(match, text), candidate)
        return list(meanings.values())[:limit]

    def known(self, text: str, heard: str, *, expecting: str | None = None) -> Candidate | None:
        """A sentence that the house has said it means by this transcript; None when it is none any more."""
        match = self._grammar.match(text, expecting=expecting)
        if match is None:
            return None
        return Candidate(text, replace(match, rung="repair"), 0.0, heard, _weight(text.split()))

    def _readings(self, transcripts: Sequence[str]) -> Iterator[tuple[str, Heard]]:
        """Transcripts as sounds, with and without their fillers; none twice, `MOST_READINGS` at most."""
        seen: set[str] = set()
        for transcript in transcripts:
            for _, words in self._grammar.readings(transcript):
                heard = heard_as(_in_letters(words))
                if not heard.sounds or len(heard.words) > _LONGEST_WORDS or heard.sounds in seen:
                    continue
                seen.add(heard.sounds)
                yield transcript, heard
                if len(seen) >= MOST_READINGS:
                    return


def candidates(
    grammar: Grammar, transcripts: Sequence[str], limit: int = 8, *, expecting: str | None = None
) -> list[Candidate]:
    """The same for once; who repairs often keeps a `Repairer`."""
    return Repairer(grammar).candidates(transcripts, limit, expecting=expecting)


def _in_letters(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words with their numbers spelled out, as they sound."""
    if not any(word.key[0].isdigit() for word in words):
        return words
    return words_of(speakable(" ".join(word.surface for word in words)))


def _weight(words: Sequence[str]) -> float:
    return sum(weight(sounds_of(word.surface)) for text in words for word in words_of(text))


def _meaning(match: Match | None, text: str) -> object:
    """What makes two candidates the same order; every anti-command counts for itself."""
    if match is None:
        return text
    slots: list[tuple[str, JsonValue]] = sorted(match.slots.items())
    return match.intent, repr(slots)
