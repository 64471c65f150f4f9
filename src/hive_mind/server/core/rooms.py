"""Orders for another room: "mets un minuteur de dix minutes dans la cuisine"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from hive_mind.language.words import keys_of, text_of, words_of
from hive_mind.server.core.timekeeper import Timekeeper

INTENTS = frozenset({
    "start_timer", "cancel_timer", "timer_status", "pause_timer", "resume_timer", "adjust_timer",
    "set_alarm", "cancel_alarm", "list_alarms", "start_stopwatch", "stop_stopwatch", "stopwatch_status",
})  # fmt: skip
"""What can be asked of another room."""

_LEADS = frozenset({"dans", "de", "d", "du", "a", "au", "en"})
_ARTICLES = frozenset({"le", "la", "les", "l", "ma", "mon", "notre"})


class InRoom(Protocol):
    """A client that stands somewhere."""

    @property
    def room(self) -> str | None:
        """In the user's words: "cuisine"."""
        ...

    @property
    def keeper(self) -> Timekeeper:
        """Its time things."""
        ...


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An utterance that names a room.

    Attributes:
        text: without the room.
        room: as it is called.
    """

    text: str
    room: str


class Rooms:
    """The rooms in which clients stand.

    Args:
        clients: those known now.
    """

    def __init__(self, clients: Callable[[], Iterable[InRoom]]) -> None:
        self._clients = clients

    def named_in(self, text: str) -> Elsewhere | None:
        """The room that a text names at its head or end: "dans la cuisine", "de la cuisine"."""
        words = words_of(text)
        keys = tuple(word.key for word in words)
        for room in {client.room for client in self._clients() if client.room}:
            name = _bare(keys_of(room))
            size = len(name)
            if not name or len(keys) <= size:
                continue
            if keys[-size:] == name and (end := _lead(keys[:-size])) is not None:
                return Elsewhere(text_of(words[:end]), room)
            for start in range(1, 4):
                if keys[start : start + size] == name and _lead(keys[:start]) == 0:
                    return Elsewhere(text_of(words[start + size :]), room)
        return None

    def keeper(self, room: str, own: Timekeeper) -> Timekeeper | None:
        """Of the client in that room; of several `own` if it is one, else the one that was known first."""
        name = _bare(keys_of(room))
        found = [c.keeper for c in self._clients() if c.room and _bare(keys_of(c.room)) == name]
        return own if own in found else next(iter(found), None)


def _bare(keys: tuple[str, ...]) -> tuple[str, ...]:
    return keys[1:] if len(keys) > 1 and keys[0] in _ARTICLES else keys


def _lead(keys: tuple[str, ...]) -> int | None:
    """Where the preposition stands that ends these words; None when none does."""
    if keys and keys[-1] in _ARTICLES:
        keys = keys[:-1]
    return len(keys) - 1 if keys and keys[-1] in _LEADS else None
