"""A wake phrase that the recogniser still heard at the head of a question."""

from collections.abc import Iterable

from hive_mind.language.words import fold, words_of

_REACH = 3
"""Words among which the name may stand: "hey Jarvis", "eh oui Jarvis"."""


def without_call(text: str, words: Iterable[str]) -> str:
    """The text after the wake phrase at its head; as it is when there is none.

    Args:
        text: a transcript.
        words: wake words by their catalogue names ("hey_jarvis"); the last part is the name.
    """
    heard = words_of(text)
    names = {fold(word).replace("-", "_").split("_")[-1] for word in words if word}
    place = next((n for n, word in enumerate(heard[:_REACH], 1) if word.key in names), 0)
    rest = text
    for word in heard[:place]:
        _, found, rest = rest.partition(word.surface)
        if not found:
            return text
    return rest.lstrip(" ,.;:!?…-") if place else text
