"""A little longer: what rings comes back in a while."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hive_mind.commands.adjust import adjust
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import SNOOZED, CommandState, fresh_id
from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import AlarmState

SNOOZE_S = 600.0
"""How long, when nobody says."""

_LONGEST_S = 12 * 3600


def snooze(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Let the alarm that rings come back in `duration_s`; a timer, rung or running, gets so much more."""
    asked = slots.get("duration_s")
    wait = float(asked) if isinstance(asked, int | float) and 1 <= asked <= _LONGEST_S else SNOOZE_S
    if not state.waking:
        if state.ringing or (state.timers and asked is not None):
            return adjust(state, now, {"duration_s": wait, "change": "more"})
        return Outcome(reply("snooze_nothing"), state)
    again = now.astimezone(UTC) + timedelta(seconds=wait)
    local = again.astimezone(now.tzinfo)
    last = state.waking[-1]
    later = AlarmState(
        alarm_id=fresh_id(SNOOZED, state, now),
        name=last.name,
        due=again,
        hour=local.hour,
        minute=local.minute,
        changed=now.astimezone(UTC),
    )
    after = state.model_copy(
        update={"alarms": (*state.alarms, later), "waking": (), "ringing": (), "serial": state.serial + 1}
    )
    return Outcome(reply("snoozed", wait=duration_text(wait)), after, ("silence", "timers_changed"))
