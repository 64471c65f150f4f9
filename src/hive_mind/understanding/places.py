"""Places that everybody knows, by how they are written and by how they sound. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from hive_mind.language.alikeness import weight
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.sound_index import Ends, SoundIndex
from hive_mind.language.words import keys_of, words_of

NEAR = 0.2
"""A place written without a capital is no name for the recogniser either: it is taken for a known one that is
so near by sound, as a share of its weight ("l'yon", "belle fort")."""

NEAR_NAME = 0.07
"""The same for a name that is unknown: one mute sound apart ("Belford"), for it may be a village."""

CLEAR = 0.08
"""A second place must be so much further away."""

LEAST_WEIGHT = 1.5
"""Shorter names ("Pau") sound like too many other things to be guessed."""

_MOST_WORDS = 5
_TO = "a"


def is_known(keys: Sequence[str]) -> bool:
    """Whether words, as keys, are a known place."""
    return tuple(keys) in _by_keys()


def taken_for(text: str) -> str:
    """The known place that somebody meant by one that is unknown; else the text itself.

    Args:
        text: a place as it was heard or typed.
    """
    words = words_of(text)
    keys = tuple(word.key for word in words)
    if is_known(keys) or not 0 < len(words) <= _MOST_WORDS:
        return text
    named = any(word.surface[:1].isupper() for word in words)
    sounds = "".join(sounds_of(word.surface) for word in words)
    name, apart, second = _nearest(sounds)
    if apart <= (NEAR_NAME if named else NEAR) and second - apart >= CLEAR:
        return name
    if sounds.startswith(_TO):  # "Apari", "Allion": the preposition has grown into the name
        name, apart, second = _nearest(sounds[len(_TO) :])
        if apart <= NEAR_NAME and second - apart >= CLEAR:
            return name
    return text


def near(sounds: str) -> Mapping[str, Ends]:
    """The places that what begins here may be, and where each may end (see `SoundIndex`)."""
    names = _by_number()
    return {names[number]: ends for number, ends in _index().ends(sounds).items()}


@lru_cache(maxsize=1024)
def _nearest(sounds: str) -> tuple[str, float, float]:
    """The nearest place, how far it is, and how far the next one that sounds otherwise is; from 0 to 1."""
    here = weight(sounds)
    names, ours = _by_number(), _sounds()
    found = sorted(
        (cost / max(here, weight(ours[number])), names[number])
        for number, ends in _index().ends(sounds).items()
        for end, cost in ends
        if end == len(sounds) and weight(ours[number]) >= LEAST_WEIGHT
    )
    if not found:
        return "", 1.0, 1.0
    return found[0][1], found[0][0], found[1][0] if len(found) > 1 else 1.0


@cache
def _by_keys() -> Mapping[tuple[str, ...], str]:
    text = (files("hive_mind.understanding") / "data" / "fr" / "places.toml").read_text("utf-8")
    return {keys_of(name): name for name in tomllib.loads(text)["places"]}


@cache
def _index() -> SoundIndex:
    """Complete when it is returned: then threads may share it, for it only remembers what it has computed."""
    index = SoundIndex()
    for sounds in _sounds().values():
        index.add(sounds)
    index.ends("")
    return index


@cache
def _sounds() -> Mapping[int, str]:
    """Of the places, by their number in the index; of those that sound alike, the better known one."""
    found: dict[str, None] = {}
    for name in _by_keys().values():
        found.setdefault("".join(sounds_of(word.surface) for word in words_of(name)))
    return dict(enumerate(found))


@cache
def _by_number() -> Mapping[int, str]:
    names: dict[str, str] = {}
    for name in _by_keys().values():
        names.setdefault("".join(sounds_of(word.surface) for word in words_of(name)), name)
    return {number: names[sounds] for number, sounds in _sounds().items()}
