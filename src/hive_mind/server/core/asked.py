"""Which utterances were answered already, here or by a server that died: what comes again is not done again.

A client whose server dies asks the next one again, under the same `utterance_id`. The conversation, which all
servers share, holds the question before the answer is given, and the answer before the turn ends. Pure.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from hive_mind.server.core.entry import Entry

KEPT = 1000
"""Utterances: hours of a household."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an utterance.

    Attributes:
        turn_id: of its turn.
        server: that began it; empty when that is not known.
        intent: what was understood.
        answer: None until it is complete.
    """

    turn_id: str
    server: str
    intent: str
    answer: str | None = None


class AskedBefore:
    """The last `KEPT` utterances of the house; the oldest is dropped."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Asked] = OrderedDict()
        self._turns: dict[str, tuple[str, str]] = {}

    def note(self, entry: Entry, server: str) -> None:
        """Something was said."""
        if entry.utterance_id is not None and entry.role == "user":
            key = (entry.client_id, entry.utterance_id)
            self._known[key] = Asked(entry.turn_id, server, entry.intent)
            self._turns[entry.turn_id] = key
            while len(self._known) > KEPT:
                _, oldest = self._known.popitem(last=False)
                self._turns.pop(oldest.turn_id, None)
        elif entry.role == "assistant" and (key_of := self._turns.get(entry.turn_id)) is not None:
            self._known[key_of] = replace(self._known[key_of], answer=entry.text)

    def find(self, client_id: str, utterance_id: str) -> Asked | None:
        """What is known of it."""
        return self._known.get((client_id, utterance_id))

    def forget(self) -> None:
        """Forget all: what it says was erased."""
        self._known.clear()
        self._turns.clear()
