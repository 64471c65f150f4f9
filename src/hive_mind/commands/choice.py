"""Which timer is meant, when there are several."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import listed, reply, timer_name
from hive_mind.commands.state import Asked, CommandState
from hive_mind.language.words import keys_of
from hive_mind.protocol.messages.time_items import TimerState

_ARTICLES = frozenset({"le", "la", "les", "l", "de", "du", "des", "d", "mon", "ma", "mes", "un", "une"})


def choose(
    state: CommandState,
    now: datetime,
    slots: Mapping[str, object],
    intent: str,
    among: tuple[TimerState, ...],
) -> TimerState | Outcome:
    """The timer that an order means, or what to say when there is none, or a question when there are several.

    Args:
        state: as it is.
        now: when the question would be asked.
        slots: of the order; `name` and `duration_s` pick.
        intent: the order that an answer to the question completes.
        among: the timers that the order could be about.
    """
    found = meant(among, slots)
    if not found:
        return Outcome(reply("timer_unknown" if among else "timer_none"), state)
    if len({(timer.name, timer.duration_s) for timer in found}) == 1:
        return found[0]
    names = listed([timer_name(timer) for timer in found])
    asked = Asked(expects="timer", intent=intent, since=now.astimezone(UTC))
    question = reply("timer_which", count=len(found), timers=names)
    return Outcome(question, state.model_copy(update={"asked": asked}), asks=True)


_ABOUT_ONE = frozenset({"cancel_timer", "timer_status", "pause_timer", "resume_timer", "adjust_timer"})


def is_elsewhere(state: CommandState, intent: str, slots: Mapping[str, object]) -> bool:
    """Whether an order is for another room, or names a timer that is not among ours and may be there."""
    if slots.get("room"):
        return True
    if intent not in _ABOUT_ONE or not slots.get("name"):
        return False
    return not meant((*state.timers, *state.ringing), {"name": slots["name"]})


def picks(slots: Mapping[str, object]) -> bool:
    """Whether an order says which timer it means."""
    return "name" in slots or "duration_s" in slots


def meant(timers: tuple[TimerState, ...], slots: Mapping[str, object]) -> list[TimerState]:
    """The timers that a name or a duration picks; all of them when neither is given."""
    name, duration = slots.get("name"), slots.get("duration_s")
    found = list(timers)
    if name:
        wanted = set(keys_of(str(name))) - _ARTICLES
        named = [(timer, set(keys_of(timer.name)) - _ARTICLES) for timer in found if timer.name]
        exact = [timer for timer, words in named if words == wanted]
        found = exact or [timer for timer, words in named if wanted & words]
    if isinstance(duration, int | float):
        found = [timer for timer in found if abs(timer.duration_s - duration) < 1]
    return found
