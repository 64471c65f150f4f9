"""Every word that a time expression may be made of: most places of a sentence are ruled out by one look."""

from collections.abc import Sequence
from functools import lru_cache

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.cardinals import NUMBER_WORDS
from hive_mind.language.durations import UNIT_KEYS
from hive_mind.language.speak_forms import ordinal
from hive_mind.language.words import keys_of

_LARGEST_ORDINAL = 31


@lru_cache(maxsize=1)
def time_words() -> frozenset[str]:
    """Keys of the words of `calendar.toml`, of numbers, units and small ordinals."""
    ordinals = {key for n in range(1, _LARGEST_ORDINAL + 1) for key in keys_of(ordinal(n))}
    return calendar_words().words | NUMBER_WORDS | UNIT_KEYS | ordinals


def may_start(keys: Sequence[str], at: int) -> bool:
    """Whether the first words at a place could begin a time expression at all."""
    common = calendar_words().common
    for key in keys[at : at + 2]:
        if key not in time_words() and not key[0].isdigit():
            return False
        if key not in common:
            return True
    return at < len(keys)
