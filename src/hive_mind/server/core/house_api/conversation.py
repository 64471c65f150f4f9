"""`/api/conversation`: what was said in all rooms, found again, and forgotten."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, JsonValue, StringConstraints

from hive_mind.language.words import keys_of
from hive_mind.protocol.messages import Forget
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home
from hive_mind.server.core.news import shown

router = APIRouter(prefix="/conversation")

MOST_ENTRIES = 200


class Wish(BaseModel):
    """What to forget: a day or everything."""

    scope: Literal["day", "all"]
    day: date | None = None


@router.get("")
async def conversation(
    home: Home,
    q: Annotated[str, StringConstraints(max_length=200)] = "",
    client_id: str | None = None,
    day: date | None = None,
    before: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 60,
) -> dict[str, JsonValue]:
    """What was said, oldest first; the newest `limit` entries that fit.

    Args:
        home: the house.
        q: words that all occur in it; case and accents do not matter, and their beginnings suffice.
        client_id: said there.
        day: on this day of the household's calendar.
        before: earlier than this.
        limit: entries at most.
    """
    start, end = _span(home, day, before)
    if start is None and not q and client_id is None:
        entries = await home.context.newest(limit + 1, end)
    else:
        entries = await home.context.between(start, end)
    wanted = keys_of(q)
    found = [e for e in entries if (client_id in (None, e.client_id)) and _fits(e.text, wanted)]
    shown = found[-limit:]
    return {"entries": [told(home, entry) for entry in shown], "more": len(found) > len(shown)}


@router.delete("/{turn_id}")
async def forget_turn(home: Home, turn_id: str) -> dict[str, JsonValue]:
    """Forget one turn."""
    return {"erased": await home.forget(Forget(scope="turn", turn_id=turn_id))}


@router.post("/forget")
async def forget(home: Home, wish: Wish) -> dict[str, JsonValue]:
    """Forget a day or everything."""
    return {"erased": await home.forget(Forget(scope=wish.scope, day=wish.day))}


def told(house: House, entry: Entry) -> dict[str, JsonValue]:
    """An entry for the page."""
    trace = house.traces.find(entry.turn_id)
    route = trace.route if trace is not None and trace.over else None
    return shown(entry, house.room_of(entry.client_id), route)


def _span(house: House, day: date | None, before: datetime | None) -> tuple[datetime | None, datetime | None]:
    start = end = None
    if day is not None:
        start = datetime(day.year, day.month, day.day, tzinfo=house.now().tzinfo)
        end = start + timedelta(days=1)
    return start, min((at for at in (before, end) if at is not None), default=None)


def _fits(text: str, wanted: Iterable[str]) -> bool:
    """Whether each wanted word begins a word of the text."""
    words = keys_of(text)
    return all(any(word.startswith(key) for word in words) for key in wanted)
