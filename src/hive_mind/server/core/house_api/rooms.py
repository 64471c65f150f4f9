"""`/api/rooms`: the clients of the house where they stand: state, timers, alarms; speak there."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue, StringConstraints

from hive_mind.commands.merge import items_of
from hive_mind.commands.state import CommandState
from hive_mind.errors import ProtocolError
from hive_mind.language.messages import error_message
from hive_mind.server.core.client_names import called
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home, client_of
from hive_mind.server.core.remote_client import RemoteClient
from hive_mind.server.core.settings.history import last_about
from hive_mind.understanding.grammar import Match

router = APIRouter(prefix="/rooms")

_Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_LONGEST_S = 7 * 24 * 3600


class NewTimer(BaseModel):
    """A timer to set."""

    seconds: Annotated[float, Field(gt=0, le=_LONGEST_S)]
    name: _Label | None = None


class NewAlarm(BaseModel):
    """An alarm to set.

    Attributes:
        hour: of the wall clock.
        minute: of the wall clock.
        days: weekdays on which it comes back, from Monday 0; none when it rings once.
        name: what to call it.
    """

    hour: Annotated[int, Field(ge=0, le=23)]
    minute: Annotated[int, Field(ge=0, le=59)] = 0
    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7)] = ()
    name: _Label | None = None


class Words(BaseModel):
    """What to say in a room."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


@router.get("")
async def rooms(home: Home) -> list[JsonValue]:
    """Every client that is known here now, or of which something is wished."""
    told = [await _told(home, remote) for remote in home.remotes.values()]
    absent = home.settings.values.clients.keys() - home.remotes.keys()
    return [*told, *(_absent(home, client_id) for client_id in sorted(absent))]


@router.post("/say")
async def say_everywhere(home: Home, words: Words) -> dict[str, JsonValue]:
    """Say something in all rooms."""
    return {"said": await home.plugins.announce(words.text, None, "info")}


@router.post("/{client_id}/say")
async def say(home: Home, client_id: str, words: Words) -> dict[str, JsonValue]:
    """Say something in one room."""
    client_of(home, client_id)
    return {"said": await home.plugins.announce(words.text, client_id, "info")}


@router.post("/{client_id}/timers")
async def set_timer(home: Home, client_id: str, timer: NewTimer) -> dict[str, JsonValue]:
    """Set a timer there."""
    slots: dict[str, JsonValue] = {"duration_s": timer.seconds}
    if timer.name:
        slots["name"] = timer.name
    return await _order(home, client_id, Match("start_timer", slots))


@router.delete("/{client_id}/timers/{timer_id}")
async def cancel_timer(home: Home, client_id: str, timer_id: str) -> dict[str, JsonValue]:
    """Cancel a timer there."""
    return await _without(home, client_id, timer_id)


@router.post("/{client_id}/alarms")
async def set_alarm(home: Home, client_id: str, alarm: NewAlarm) -> dict[str, JsonValue]:
    """Set an alarm there."""
    remote = client_of(home, client_id)
    await remote.keeper.add_alarm(alarm.hour, alarm.minute, tuple(sorted(set(alarm.days))), alarm.name)
    return await _told(home, remote)


@router.delete("/{client_id}/alarms/{alarm_id}")
async def cancel_alarm(home: Home, client_id: str, alarm_id: str) -> dict[str, JsonValue]:
    """Cancel an alarm there."""
    return await _without(home, client_id, alarm_id)


@router.delete("/{client_id}/stopwatch")
async def clear_stopwatch(home: Home, client_id: str) -> dict[str, JsonValue]:
    """Stop the stopwatch there, and put it away."""
    await _order(home, client_id, Match("stop_stopwatch", {}))
    return await _order(home, client_id, Match("reset_stopwatch", {}))


@router.post("/{client_id}/silence")
async def silence(home: Home, client_id: str) -> dict[str, JsonValue]:
    """Let nothing ring there any more."""
    return await _order(home, client_id, Match("stop", {}))


async def _order(house: House, client_id: str, order: Match) -> dict[str, JsonValue]:
    remote = client_of(house, client_id)
    outcome = await remote.keeper.answer(order)
    return {**await _told(house, remote), "reply": outcome.reply}


async def _without(house: House, client_id: str, item_id: str) -> dict[str, JsonValue]:
    remote = client_of(house, client_id)
    if not await remote.keeper.remove(item_id):
        raise ProtocolError(f"There is no {item_id} there.", code="NOT_FOUND")
    return await _told(house, remote)


async def _told(house: House, remote: RemoteClient) -> dict[str, JsonValue]:
    """A client for the page."""
    state: CommandState = await remote.keeper.state()
    items = items_of(state)
    wished = house.settings.values.client(remote.client_id)
    setting, device = remote.setting, remote.device
    here: dict[str, JsonValue] = {"volume": state.volume} if remote.voiced else {}
    if setting is not None:
        own = setting.model_dump(mode="json", exclude={"type", "client_id", "known_words", "refused"})
        here |= {name: value for name, value in own.items() if value is not None}
    return {
        "client_id": remote.client_id,
        "name": called(house, remote.client_id),
        "room": remote.room,
        "connected": remote.link is not None,
        "answering": remote.link is not None and (remote.turns.busy or remote.sounding.on),
        "battery": device.battery if device is not None else None,
        "rings": bool(device.rings) if device is not None else bool(state.ringing or state.waking),
        "can": remote.capabilities.model_dump(mode="json"),
        "timers": [timer.model_dump(mode="json", exclude_none=True) for timer in items.timers],
        "alarms": [alarm.model_dump(mode="json", exclude_none=True) for alarm in items.alarms],
        "stopwatch": items.stopwatch.model_dump(mode="json") if items.stopwatch is not None else None,
        "wished": wished.model_dump(mode="json", exclude_none=True),
        "here": here,
        "asked": last_about(house.settings.settings, remote.client_id),
        "obeyed": setting.version if setting is not None else None,
        "refused": {n: error_message(code) for n, code in setting.refused.items()} if setting else {},
        "known_words": list(setting.known_words) if setting is not None else [],
        "now": _iso(house.now()),
    }


def _absent(house: House, client_id: str) -> JsonValue:
    wished = house.settings.values.client(client_id)
    return {
        "client_id": client_id,
        "name": called(house, client_id),
        "room": wished.room,
        "connected": False,
        "timers": [],
        "alarms": [],
        "wished": wished.model_dump(mode="json", exclude_none=True),
        "here": {},
        "refused": {},
        "known_words": [],
        "can": {},
        "now": _iso(house.now()),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
