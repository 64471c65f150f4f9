"""The journal while turns go on: it is kept once a round, however many end meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hive_mind.server.core.quality.journal import Journal
from hive_mind.server.core.quality.rows import Day
from hive_mind.server.core.trace import TurnTrace

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def turn(number: int) -> TurnTrace:
    return TurnTrace(f"t-{number}", "salon", NOW, "Bonjour", outcome="completed")


class Busy:
    """Keeps states; while it does, another turn ends."""

    def __init__(self) -> None:
        self.saved: list[tuple[str, bytes | None]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def save_state(self, name: str, value: bytes | None) -> None:
        self.saved.append((name, value))
        self.meanwhile()


async def test_what_comes_while_it_is_kept_is_kept_the_next_time() -> None:
    busy: Any = Busy()
    journal = Journal(busy, lambda: NOW, 7)
    journal.on_turn(turn(1), "salon")
    busy.meanwhile = lambda: journal.on_turn(turn(2), "salon")
    await journal.keep()
    assert len(busy.saved) == 1, "a house in which turns go on would be kept for ever"
    busy.meanwhile = lambda: None
    await journal.keep()
    await journal.keep()
    assert len(busy.saved) == 2
    kept = [[row.turn_id for row in Day.model_validate_json(raw).turns] for _, raw in busy.saved]
    assert kept == [["t-1"], ["t-1", "t-2"]]
