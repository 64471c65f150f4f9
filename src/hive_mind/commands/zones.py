"""Time zones of towns and countries, by their French names, from `data/fr/zones.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from hive_mind.language.words import keys_of

_LEADS = frozenset({"le", "la", "les", "l", "a", "au", "aux", "en", "dans", "sur"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place whose time is known.

    Attributes:
        said: with its preposition: "à Tokyo", "au Japon".
        zone: its time zone.
    """

    said: str
    zone: ZoneInfo


def find_place(name: str, language: str = "fr") -> Place | None:
    """The place of that name, article or not; None when it is not in the table."""
    found = _places(language).get(_bare(name))
    return Place(found[0], ZoneInfo(found[1])) if found else None


def _bare(name: str) -> tuple[str, ...]:
    """The name's words without preposition and article."""
    keys = keys_of(name)
    while len(keys) > 1 and keys[0] in _LEADS:
        keys = keys[1:]
    return keys


@lru_cache(maxsize=4)
def _places(language: str) -> dict[tuple[str, ...], tuple[str, str]]:
    content = tomllib.loads(
        (files("hive_mind.commands") / "data" / language / "zones.toml").read_text("utf-8")
    )
    places: dict[tuple[str, ...], tuple[str, str]] = {}
    for zone, names in content["zones"].items():
        for said in names:
            places[_bare(said)] = (said, zone)
    for name, meant in content["also"].items():
        places[_bare(name)] = (meant["said"], meant["zone"])
    return places
