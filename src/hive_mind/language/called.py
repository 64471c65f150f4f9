"""A wake phrase that the recogniser still heard at the head of a question."""

from collections.abc import Iterable, Sequence

from hive_mind.language.alikeness import distance
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.words import fold, words_of

_REACH = 3
"""Words among which the name may stand: "hey Jarvis", "eh oui Jarvis"."""

_REACH_BY_SOUND = 5
"""Words that may sound like the phrase together: "et à l'ison"."""

_ALIKE = 0.2
"""Distance of sounds up to which they do."""


def without_call(text: str, words: Iterable[str]) -> str:
    """The text after the wake phrase at its head; as it is when there is none.

    Args:
        text: a transcript; the phrase may be misspelt in it, as long as it sounds right.
        words: wake words by their catalogue names ("hey_jarvis"); the last part is the name.
    """
    heard = words_of(text)
    phrases = [fold(word).replace("-", "_").split("_") for word in words if word]
    names = {phrase[-1] for phrase in phrases}
    place = next((n for n, word in enumerate(heard[:_REACH], 1) if word.key in names), 0)
    place = place or _by_sound([word.surface for word in heard[:_REACH_BY_SOUND]], phrases)
    rest = text
    for word in heard[:place]:
        _, found, rest = rest.partition(word.surface)
        if not found:
            return text
    return rest.lstrip(" ,.;:!?…-") if place else text


def _by_sound(heard: Sequence[str], phrases: Sequence[Sequence[str]]) -> int:
    """How many of the first words sound like one of the phrases together; 0 where none do."""
    targets = [_sounds(phrase) for phrase in phrases]
    found = [
        (distance(_sounds(heard[:count]), target), count)
        for count in range(1, len(heard) + 1)
        for target in targets
    ]
    nearest, count = min(found, default=(1.0, 0))
    return count if nearest <= _ALIKE else 0


def _sounds(words: Sequence[str]) -> str:
    return "".join(sounds_of(word) for word in words)
