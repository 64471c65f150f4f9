"""Players: pause, play, next, previous, volume."""

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result
from .doing import Deed
from .house import Entity

_STEP = 0.1
_PLAYING = ("playing", "buffering")


async def pause(asked: Asked) -> Result:
    """Pause what plays."""
    deed = Deed("media_player", "media_pause", done=lambda p: p.state not in _PLAYING)
    return asked.done("media_pause", await asked.do(deed, _meant(asked, _PLAYING)))


async def play(asked: Asked) -> Result:
    """Go on with what was paused."""
    deed = Deed("media_player", "media_play", done=lambda p: p.state in _PLAYING)
    return asked.done("media_play", await asked.do(deed, _meant(asked, ("paused",))))


async def next_(asked: Asked) -> Result:
    """The next piece."""
    deed = Deed("media_player", "media_next_track")
    return asked.done("media_next", await asked.do(deed, _meant(asked, _PLAYING)))


async def previous(asked: Asked) -> Result:
    """The one before."""
    deed = Deed("media_player", "media_previous_track")
    return asked.done("media_previous", await asked.do(deed, _meant(asked, _PLAYING)))


async def volume(asked: Asked) -> Result:
    """Set it in per cent, or a little louder or softer."""
    players = _meant(asked, _PLAYING)
    level, change = asked.params.get("level"), asked.params.get("change")
    if change in ("up", "down"):
        now = players[0].number("volume_level")
        wanted = min(1.0, max(0.0, (0.5 if now is None else now) + (_STEP if change == "up" else -_STEP)))
    elif isinstance(level, int | float) and 0 <= level <= 100:
        wanted = level / 100
    else:
        raise Failure("OUT_OF_RANGE", "A volume goes from 0 to 100.")
    wanted = round(wanted, 2)

    def done(player: Entity) -> bool:
        there = player.number("volume_level")
        return there is not None and abs(there - wanted) < 0.03

    outcome = await asked.do(Deed("media_player", "volume_set", {"volume_level": wanted}, done), players)
    return asked.done("media_volume", outcome, level=round(100 * wanted))


def _meant(asked: Asked, usually: tuple[str, ...]) -> list[Entity]:
    """The players that are meant; unless one was named, those that are in the usual state for this."""
    players = asked.of("media_player")
    if not asked.params.get("name"):
        likely = [p for p in players if p.state in usually and (asked.place.holds(p) or not asked.place.said)]
        here = [p for p in likely if asked.place.holds(p)]
        if likely:
            return here or likely
        if not asked.place.said and not players:
            raise Failure("NO_PLAYER", "There is no media player.")
        if usually == _PLAYING and not asked.place.said:
            raise Failure("NOTHING_PLAYS", "No media player is playing.")
    return asked.chosen(players, "lecteur", ask="name")
