"""Reports of a weather service, kept: asked for no more often than needed, and there when it is away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue, ValidationError

from hive_mind.language.words import fold
from hive_mind.server.core.plugin import Storage
from hive_mind.server.plugins.failure import Failure

from .model import Report, Spot
from .source import Source

FRESH = timedelta(minutes=15)
"""A report this old is as good as new: the services themselves make new ones no more often."""
USABLE = timedelta(hours=12)
"""An older report is not worth telling, even when there is no other."""

_MOST = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A report, and how old it is when it is no longer fresh.

    Attributes:
        age: None when it is fresh.
    """

    report: Report
    age: timedelta | None = None


class Forecasts:
    """Asks a service, and keeps what it says.

    Args:
        source: the service.
        storage: where places and reports are kept; at most 20 of each, the oldest go first.
    """

    def __init__(self, source: Source, storage: Storage) -> None:
        self._source = source
        self._storage = storage

    async def of(self, place: str, now: datetime) -> Known:
        """What is known of a place.

        Args:
            place: its name, as it was said.
            now: aware.

        Raises:
            Failure: see `Source`; only when nothing usable is kept.
        """
        key = fold(place)
        kept = _report(await self._kept("reports", key))
        age = now - kept.fetched if kept else None
        if kept and age is not None and timedelta() <= age < FRESH:
            return Known(kept)
        try:
            spot = _spot(await self._kept("spots", key))
            if spot is None:
                spot = await self._source.locate(place)
                await self._keep("spots", key, spot.model_dump(mode="json"))
            report = await self._source.report(spot, now)
        except Failure as failure:
            if kept and age is not None and failure.retryable and age < USABLE:
                return Known(kept, age)
            raise
        await self._keep("reports", key, report.model_dump(mode="json"))
        return Known(report)

    async def _kept(self, shelf: str, key: str) -> JsonValue:
        found = await self._storage.get(shelf)
        return found.get(key) if isinstance(found, dict) else None

    async def _keep(self, shelf: str, key: str, value: JsonValue) -> None:
        found = await self._storage.get(shelf)
        kept = {k: v for k, v in found.items() if k != key} if isinstance(found, dict) else {}
        kept[key] = value
        await self._storage.put(shelf, dict(list(kept.items())[-_MOST:]))


def _report(value: JsonValue) -> Report | None:
    """A kept report; None when there is none, or one of another version of ours."""
    try:
        return Report.model_validate(value) if value is not None else None
    except ValidationError:
        return None


def _spot(value: JsonValue) -> Spot | None:
    try:
        return Spot.model_validate(value) if value is not None else None
    except ValidationError:
        return None
