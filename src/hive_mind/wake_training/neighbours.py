"""What sounds nearly like a wake word and must not wake: parts of it, words like it, other sounds in it."""

import itertools
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from hive_mind.language.alikeness import HEAVIEST, cost, nearest, weight
from hive_mind.language.pronunciation import sounds_of
from hive_mind.wake_training.pronunciations import Pronunciation, sounds
from hive_mind.wake_training.texts import texts

TOO_NEAR = 0.15
"""Share of a word's sounds that must differ, or it is the word for any ear."""

NEAR_ENOUGH = 0.5

MOST = 300
"""Texts that are proposed at most."""

_VOWELS = "aeiouyɑɔəɛœøɐɪʊʌæɒAIOQWY"
_FRENCH_VOWELS = ("a", "e", "i", "o", "u", "y", "ø", "ɛ", "ɔ", "œ", "ɔ̃", "ɑ̃", "ɛ̃")
_FRENCH_CONSONANTS = ("b", "d", "f", "ɡ", "k", "l", "m", "n", "p", "ʁ", "s", "t", "v", "z", "ʃ", "ʒ")


def alike_texts(phrase: str, known: Sequence[str]) -> list[str]:
    """Words and pairs of words that sound like a phrase, the nearest first.

    Args:
        phrase: as it is written.
        known: its spellings: what sounds like one of them is the word itself.
    """
    data = texts("words")
    words = [*data["words"], *data["names"], *data["callings"]]
    targets = [_sounds(text) for text in dict.fromkeys([phrase, *known])]
    parts = phrase.split()
    first, last = _nearest(words, parts[0], 30), _nearest(words, " ".join(parts[1:]) or parts[0], 60)
    found = set(words) | {f"{one} {other}" for one, other in itertools.product(first, last)}
    if len(parts) == 1:
        found |= {f"{one} {other}" for one, other in itertools.product(words[:60], last[:20])}
    measured = sorted((min(_apart(_sounds(text), target) for target in targets), text) for text in found)
    near = [text for apart, text in measured if TOO_NEAR <= apart <= NEAR_ENOUGH]
    return [text for text in near[: 2 * MOST] if not _contains(_sounds(text), targets)][:MOST]


def holds(text: str, known: Sequence[str]) -> bool:
    """Whether a phrase, by one of its spellings, is somewhere in a text."""
    return _contains(_sounds(text), [_sounds(each) for each in known])


def parts_of(phrase: str, *, names_from: int = 0) -> list[str]:
    """Words and beginnings of a phrase, and its first word before a name; nothing for a single short word.

    Args:
        phrase: as it is written.
        names_from: 0 to 8; with another number the names are other ones.
    """
    words = phrase.split()
    pieces = [" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
    longest = max(words, key=len)
    pieces += [longest[: len(longest) // 2], longest[len(longest) // 2 :]]
    found = [piece for piece in pieces if piece != phrase and len(piece) > 1]
    if len(words) > 1:
        names = texts("words")["names"]
        found += [f"{words[0]} {name}" for name in names[names_from::9]]
    return list(dict.fromkeys(found))


def changed(pronunciation: Pronunciation, count: int, random: np.random.Generator) -> list[str]:
    """The word with some of its sounds changed or left out, as phonemes."""
    symbols = _symbols(pronunciation.phonemes)
    places = [place for place, symbol in enumerate(symbols) if _kind(symbol)]
    made: list[str] = []
    for _ in range(count):
        new = list(symbols)
        some = 2 if len(places) < 5 or random.random() < 0.6 else 3
        for place in random.choice(places, min(some, len(places)), replace=False):
            options = _FRENCH_VOWELS if _kind(symbols[place]) == "vowel" else _FRENCH_CONSONANTS
            others = [option for option in options if option != symbols[place]]
            new[place] = "" if random.random() < 0.15 else others[int(random.integers(len(others)))]
        made.append("".join(new))
    return made


def _symbols(phonemes: str) -> list[str]:
    found: list[str] = []
    for sign in phonemes:
        if sign == "\u0303" and found:
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _kind(symbol: str) -> str:
    if not sounds(symbol) or symbol == "ː":
        return ""
    return "vowel" if symbol[0] in _VOWELS else "consonant"


def _sounds(text: str) -> str:
    return "".join(sounds_of(word) for word in text.replace("'", " ").split())


def _contains(sounds: str, targets: Sequence[str]) -> bool:
    """Whether one of these is somewhere in the sounds: "c'est Alison" holds "et Alison"."""
    return any(
        _apart(sounds[at : at + size], target) < TOO_NEAR
        for target in targets
        if _may_hold(sounds, target)
        for size in range(max(1, len(target) - 1), len(target) + 2)
        for at in range(len(sounds) - size + 1)
    )


def _may_hold(sounds: str, target: str) -> bool:
    """Whether any run of the sounds, however long, comes near the target: a quick first look."""
    heaviest = max(weight(target), (len(target) + 1) * HEAVIEST)
    return nearest(sounds, target) < TOO_NEAR * heaviest


@lru_cache(maxsize=200_000)
def _apart(one: str, other: str) -> float:
    whole = max(weight(one), weight(other))
    return min(1.0, cost(one, other) / whole) if whole else 1.0


def _nearest(words: Sequence[str], text: str, count: int) -> list[str]:
    target = _sounds(text)
    return sorted(words, key=lambda word: (_apart(_sounds(word), target), word))[:count]
