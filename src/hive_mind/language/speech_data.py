"""How symbols, units and abbreviations are said: the tables of `data/fr/speech.toml`, ready to use."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from hive_mind.language.words import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: "heure", "heures", feminine."""

    singular: str
    plural: str
    feminine: bool = False

    def after(self, amount: float) -> str:
        """The form after a number: plural from two on."""
        return self.plural if abs(amount) >= 2 else self.singular


@dataclass(frozen=True, slots=True, eq=False)
class SpeechData:
    """The tables, and patterns that find any of their keys."""

    units: Mapping[str, Unit]
    per: Mapping[str, str]
    titles: Mapping[str, str]
    abbreviations: Mapping[str, str]
    months: Mapping[str, str]
    symbols: Mapping[str, str]
    regnal: frozenset[str]
    feminine: frozenset[str]
    feminine_endings: tuple[str, ...]
    unit_pattern: str
    per_pattern: str
    title_pattern: str
    abbreviation_pattern: str
    month_pattern: str
    symbol_pattern: str

    def is_feminine(self, noun: str) -> bool:
        """Whether a noun is feminine, by list, else by its ending; a guess for the rest of the language."""
        word = fold(noun)
        bare = word.removesuffix("s")
        return bare in self.feminine or word in self.feminine or fold(noun).endswith(self.feminine_endings)


@lru_cache(maxsize=4)
def speech_data(language: str = "fr") -> SpeechData:
    """Read the tables of a language."""
    text = (files("hive_mind.language") / "data" / language / "speech.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    words = tables["words"]
    endings = {fold(ending) for ending in words["feminine_endings"]}
    return SpeechData(
        units={key: Unit(forms[0], forms[1], len(forms) > 2) for key, forms in tables["units"].items()},
        per=tables["per"],
        titles=tables["titles"],
        abbreviations=tables["abbreviations"],
        months=tables["months"],
        symbols=tables["symbols"],
        regnal=frozenset(fold(name) for name in words["regnal"]),
        feminine=frozenset(fold(noun) for noun in words["feminine"]),
        feminine_endings=tuple(endings | {ending + "s" for ending in endings}),
        unit_pattern=_any_of(tables["units"]),
        per_pattern=_any_of(tables["per"]),
        title_pattern=_any_of(tables["titles"]),
        abbreviation_pattern=_any_of(tables["abbreviations"]),
        month_pattern=_any_of(tables["months"]),
        symbol_pattern=_any_of(tables["symbols"]),
    )


def _any_of(keys: Iterable[str]) -> str:
    """A pattern for any of these, the longest first; spaces in them are any spaces."""
    longest_first = sorted(keys, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(key).replace(r"\ ", r"\s") for key in longest_first) + ")"
