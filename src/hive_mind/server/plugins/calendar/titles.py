"""What an entry is called: put together from what was said, and found again. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hive_mind.language.words import fold, keys_of

from .event import Event

_LONGEST_SPOKEN = 80


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of French that titles are made of; from the manifest.

    Attributes:
        kinds: what an entry can be ("rendez-vous", "réunion"), folded keys of each.
        vague: those of them that say nothing by themselves ("événement").
        small: words that tell no entry from another ("chez", "mon").
    """

    kinds: tuple[tuple[str, ...], ...]
    vague: frozenset[tuple[str, ...]]
    small: frozenset[str]

    @classmethod
    def of(cls, kinds: Collection[str], vague: Collection[str], small: Collection[str]) -> "Vocabulary":
        """From words as they are written."""
        return cls(
            tuple(sorted((keys_of(kind) for kind in kinds), key=len, reverse=True)),
            frozenset(keys_of(kind) for kind in vague),
            frozenset(key for word in small for key in keys_of(word)),
        )


def full_title(title: str, text: str, words: Vocabulary) -> str:
    """A title with its kind, said right before it: of "une réunion avec Paul", "avec Paul" takes "réunion".

    Args:
        title: the slot; empty when nothing followed the kind.
        text: the whole utterance.
        words: the kinds.

    Returns:
        Empty when there is neither, or the kind is vague.
    """
    pieces = [(m.group(), fold(m.group())) for m in re.finditer(r"[^\W_]+", text)]
    keys = [key for _, key in pieces]
    goal = keys_of(title)
    at = next((i for i in range(len(keys)) if tuple(keys[i : i + len(goal)]) == goal), None) if goal else None
    kinds = [
        (start, kind)
        for kind in words.kinds
        for start in range(len(keys) - len(kind) + 1)
        if tuple(keys[start : start + len(kind)]) == kind
    ]
    before = [(s, k) for s, k in kinds if at is not None and s + len(k) == at]
    if goal:
        if not before or any(goal[: len(kind)] == kind for kind in words.kinds):
            return title.strip(" .!?")
        start, kind = before[0]
        return f"{_surface(text, start, len(kind))} {title.strip(' .!?')}"
    named = [(start, kind) for start, kind in kinds if kind not in words.vague]
    return _surface(text, *_place(named[0])) if named else ""


def meant(title: str, events: Sequence[Event], words: Vocabulary) -> list[Event]:
    """The entries whose titles have all the words of `title` that matter; all of them when none does."""
    goal = _matter(title, words)
    return [event for event in events if goal <= _matter(event.title, words)] if goal else list(events)


def spoken_title(event: Event, untitled: str) -> str:
    """A title as it may be read out: one line, no longer than a breath."""
    title = " ".join(event.title.split())
    if not title:
        return untitled
    if len(title) > _LONGEST_SPOKEN:
        return title[:_LONGEST_SPOKEN].rsplit(" ", 1)[0]
    # "Rendez-vous dentiste" in the middle of a sentence; "IRM" and "Anniversaire Paul" keep what they are.
    first = title.split(" ", 1)[0]
    return title[0].lower() + title[1:] if first[1:].islower() and " " in title else title


def _place(found: tuple[int, tuple[str, ...]]) -> tuple[int, int]:
    return found[0], len(found[1])


def _surface(text: str, start: int, count: int) -> str:
    """The words `start` to `start + count` as they stand in the text."""
    spans = [(m.start(), m.end()) for m in re.finditer(r"[^\W_]+", text)]
    return text[spans[start][0] : spans[start + count - 1][1]].lower()


def _matter(title: str, words: Vocabulary) -> frozenset[str]:
    vague = {key for kind in words.vague for key in kind}
    return frozenset(_stem(key) for key in keys_of(title) if key not in words.small and key not in vague)


def _stem(key: str) -> str:
    return key[:-1] if len(key) > 3 and key[-1] in "sx" else key
