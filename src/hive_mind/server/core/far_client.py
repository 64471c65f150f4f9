"""A client that is connected to another server of this house, as far as this one needs it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hive_mind.server.core.context import Context
from hive_mind.server.core.timekeeper import Timekeeper


@dataclass(frozen=True, slots=True)
class FarClient:
    """See above.

    Attributes:
        client_id: its name.
        room: where it stands.
        context: keeps its time things.
        now: aware time of the household.
        changed: told its name when its time things were changed here.
    """

    client_id: str
    room: str | None
    context: Context
    now: Callable[[], datetime]
    changed: Callable[[str], None]

    @property
    def keeper(self) -> Timekeeper:
        """Its time things, read afresh: the server that has it rings, and tells it what changed."""
        return Timekeeper(
            self.client_id,
            self.context,
            self.now,
            ring=lambda _: False,
            owned=lambda: True,
            saved=lambda: self.changed(self.client_id),
        )
