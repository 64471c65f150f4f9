"""What happens in the house, told to everybody who counts it, keeps it or shows it."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from hive_mind.server.core.bulletin import Bulletin
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.metrics.meters import Meters
from hive_mind.server.core.quality.journal import Journal
from hive_mind.server.core.settings.values import HouseSettings
from hive_mind.server.core.trace import TurnTrace


def shown(entry: Entry, room: str | None, route: str | None) -> dict[str, JsonValue]:
    """An entry of the conversation for the page: who, where, what, which route."""
    return {
        "role": entry.role,
        "text": entry.text,
        "timestamp": entry.timestamp.isoformat(),
        "client_id": entry.client_id,
        "room": room,
        "turn_id": entry.turn_id,
        "intent": entry.intent,
        "complete": entry.complete,
        "route": route,
    }


class News:
    """See above.

    Args:
        meters: count it.
        journal: keeps it for some days.
        bulletin: shows it on the page.
    """

    def __init__(self, meters: Meters, journal: Journal, bulletin: Bulletin) -> None:
        self._meters = meters
        self._journal = journal
        self._bulletin = bulletin
        self.on_over: Callable[[TurnTrace, str | None], None] = lambda *_: None
        """Told of a turn that has ended, but of no guest's."""

    def on_entry(self, entry: Entry, room: str | None) -> None:
        """Something was said."""
        if self._bulletin.read_by_any:
            self._bulletin.tell("entry", shown(entry, room, None))

    def on_turn(self, trace: TurnTrace, room: str | None, *, private: bool = False) -> None:
        """A turn has ended, here or on a client that answered by itself; a guest's is only counted."""
        self._meters.on_turn(trace, room)
        if private:
            return
        self.on_over(trace, room)
        self._journal.on_turn(trace, room)
        if trace.over:
            self._bulletin.tell(
                "turn", {"turn_id": trace.turn_id, "route": trace.route, "outcome": trace.outcome}
            )

    def on_sound(
        self, trace: TurnTrace, since_question_ms: float, room: str | None, stages_ms: Mapping[str, float]
    ) -> None:
        """The answer of a turn began to sound.

        Args:
            trace: of it.
            since_question_ms: when.
            room: where.
            stages_ms: what the client told only now of what it did by itself.
        """
        trace.playout_ms = since_question_ms
        self._meters.on_told(trace, stages_ms, room)
        self._meters.on_first_audio(since_question_ms, trace.route, room)
        self._journal.on_sound(trace.turn_id)

    def on_wake(self, word: str, room: str | None) -> None:
        """A client heard its name; `word` is empty when speech began without one."""
        self._meters.on_wake(word, room)
        self._journal.on_wake(word, room)

    def on_return(self, room: str | None, away_s: float | None) -> None:
        """A client is back after so many seconds; None when it does not say."""
        self._meters.on_return(room, away_s)
        self._journal.on_return(room, away_s)

    def on_client(self) -> None:
        """A client came or went, or is not as it was."""
        self._bulletin.tell("rooms")

    def on_settings(self, _before: HouseSettings, _after: HouseSettings) -> None:
        """The household has changed a setting."""
        self._bulletin.tell("settings")
