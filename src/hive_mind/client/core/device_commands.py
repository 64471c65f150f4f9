"""What the server asks of the things that this client owns."""

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hive_mind.client.core.timers import Timekeeper
from hive_mind.protocol.messages import DeviceCommand, ReminderState, TimeItems

MOST_REMINDERS = 64

_log = structlog.get_logger(__name__)


class _Reminders(BaseModel):
    model_config = ConfigDict(frozen=True)

    reminders: tuple[ReminderState, ...] = Field(default=(), max_length=MOST_REMINDERS)


async def carry_out(command: DeviceCommand, keeper: Timekeeper) -> None:
    """Do it; what is malformed, or of a newer server, is left alone."""
    try:
        match command.command:
            case "merge":
                await keeper.take_in(TimeItems.model_validate(command.params))
            case "silence":
                await keeper.silence()
            case "reminders":
                await keeper.keep_reminders(_Reminders.model_validate(command.params).reminders)
            case unknown:
                _log.info("device command unknown", command=unknown)
    except ValidationError as error:
        _log.warning("device command malformed", command=command.command, faults=error.error_count())
