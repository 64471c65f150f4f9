"""What is put on a list: cut out of a phrase, and found again however it is said. Pure."""

import re
from collections.abc import Sequence

from hive_mind.language.words import keys_of

_PARTITIVE = r"du|des|de la|de l'|un|une|deux|trois|quatre|cinq|six|sept|huit|dix|douze|quelques|\d+"
_ARTICLE = re.compile(
    r"^(?:du |des |de la |de l'|de l’|d'|d’|de |un |une |le |la |les |l'|l’|mon |ma |mes )", re.I
)
_BETWEEN = re.compile(r"\s*(?:[,;]|\bet puis\b|\bpuis\b|\bet aussi\b|\bainsi que\b|\bet\b)\s*", re.I)
_BEFORE_PARTITIVE = re.compile(rf"\s+(?=(?:{_PARTITIVE})(?:\s|(?<=')))", re.I)
_STARTS_PARTITIVE = re.compile(rf"^(?:{_PARTITIVE})(?:\s|(?<='))", re.I)
_INFINITIVE = re.compile(r"^(?:(?:se |s'|ne pas )?[^\W\d_]+(?:er|ir|re|oir))\b", re.I)
_QUANTITY = re.compile(r"^(?:un|une|des)\s+(?:\w+\s+)?(?:de|d')", re.I)


def split_items(phrase: str) -> list[str]:
    """The items of a phrase, as they were said: "du lait, des œufs et du pain" gives three.

    Tasks ("appeler Paul et Marie") are only cut where another one begins ("appeler Paul et ranger").
    """
    pieces = [piece for piece in (p.strip(" .!?") for p in _BETWEEN.split(phrase)) if piece]
    if not pieces:
        return []
    if _INFINITIVE.match(pieces[0]):
        tasks = re.split(
            rf"{_BETWEEN.pattern}(?={_INFINITIVE.pattern[1:]})", phrase.strip(" .!?"), flags=re.I
        )
        return [task.strip() for task in tasks if task.strip()]
    items: list[str] = []
    for piece in pieces:
        items += _BEFORE_PARTITIVE.split(piece) if _STARTS_PARTITIVE.match(piece) else [piece]
    return [item.strip() for item in items if item.strip()]


def bare(item: str) -> str:
    """An item as it stands on a list: without its article, unless it counts ("un kilo de riz")."""
    if _QUANTITY.match(item):
        return item
    return _ARTICLE.sub("", item, count=1).strip() or item


def find_item(wanted: str, items: Sequence[str]) -> list[str]:
    """The items that are meant: the same but for article, case, accents, plural; else those that hold it."""
    goal = _stems(wanted)
    if not goal:
        return []
    same = [item for item in items if _stems(item) == goal]
    return same or [item for item in items if set(goal) <= set(_stems(item))]


def same_item(one: str, other: str) -> bool:
    """Whether two items are the same thing."""
    return _stems(one) == _stems(other)


def _stems(item: str) -> tuple[str, ...]:
    keys = keys_of(bare(item))
    return tuple(key[:-1] if len(key) > 3 and key[-1] in "sx" else key for key in keys)
