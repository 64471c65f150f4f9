"""What a question is about, as the beginning of its answer: "La capitale de l'Italie" | "est Rome." Pure.

A language model answers a plain question so by itself, and needs a second for these words. Here they cost
nothing, and can be said while it thinks of the rest. Only the subject is named, never a claim about it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

MOST_CHARACTERS = 60
"""Of a subject: a longer one would be a speech of its own."""

MOST_ASKED = 200
"""Characters of a question: a longer one is no plain question, and costs time to look at."""

_END = re.compile(r"[\s.!?…]+$")
_WORD = re.compile(r"aujourd'hui|[\w-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Pattern:
    asks: re.Pattern[str]
    says: str
    follows: bool
    yours: bool


@dataclass(frozen=True, slots=True)
class _Data:
    patterns: tuple[_Pattern, ...]
    before: re.Pattern[str]
    after: re.Pattern[str]
    swaps: dict[str, str]
    never: frozenset[str]


def restated(question: str, language: str = "fr") -> str:
    """The beginning of an answer to this question; empty when it names no subject.

    Args:
        question: as it was heard.
        language: ISO 639-1 code.
    """
    return _restated(question, _data(language), follows=True)


def is_plain_question(text: str, language: str = "fr") -> bool:
    """Whether a text asks about something that it names ("Qui a inventé le téléphone ?").

    Not one that only goes on from another ("Et en Espagne ?"): that could be the beginning of anything.
    """
    return bool(_restated(text, _data(language), follows=False))


def _restated(question: str, data: _Data, *, follows: bool) -> str:
    """What the first pattern that fits makes of it."""
    if len(question) > MOST_ASKED:
        return ""
    asked = _END.sub("", question.replace("’", "'").strip())
    bare = data.after.sub("", asked)
    led = data.before.match(bare)
    bare = bare[led.end() :] if led else bare
    for pattern in data.patterns:
        if pattern.follows and not (led and follows):
            continue
        found = pattern.asks.fullmatch(bare)
        if found is not None:
            thing = _turned(next(text for text in found.groups() if text), data, yours=pattern.yours)
            said = pattern.says.format(thing=thing)
            return said[:1].upper() + said[1:] if thing else ""
    return ""


def _turned(thing: str, data: _Data, *, yours: bool) -> str:
    """The subject as the other side says it; empty when it cannot be."""
    thing = thing.strip(" ,")
    words = {word.lower() for word in _WORD.findall(thing)}
    if len(thing) > MOST_CHARACTERS or words & data.never or (words & data.swaps.keys() and not yours):
        return ""
    return _WORD.sub(lambda word: data.swaps.get(word[0].lower(), word[0]), thing)


def _lead(phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(map(re.escape, longest_first))


@lru_cache(maxsize=4)
def _data(language: str) -> _Data:
    text = (files("hive_mind.understanding") / "data" / language / "restatings.toml").read_text("utf-8")
    data = tomllib.loads(text)
    named = data["parts"] | {
        "thing": f"(?P<thing>{data['parts']['article']}\\S.*?)",
        "name": "(?P<name>(?-i:[A-ZÀ-Ý])\\S*.*?)",
        "any": "\\S.*?",
    }
    return _Data(
        tuple(
            _Pattern(
                re.compile(entry["asks"].format(**named), re.IGNORECASE),
                entry["says"],
                entry.get("follows", False),
                entry.get("yours", False),
            )
            for entry in data["pattern"]
        ),
        re.compile(rf"(?:(?:{_lead(data['before'])})[ ,]+)+", re.IGNORECASE),
        re.compile(rf"[ ,]+(?:{_lead(data['after'])})$", re.IGNORECASE),
        data["swaps"],
        frozenset(data["never"]["words"]),
    )
