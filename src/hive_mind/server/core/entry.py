"""One message of the conversation, and how it is written in Redis: sealed, bound to its place."""

from datetime import date, datetime, time, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from hive_mind.errors import ContextError
from hive_mind.protocol.messages import ContextEvent
from hive_mind.server.core.crypto import Vault

STREAM = "hive:context"
"""Key of the conversation in Redis."""

FIELD = "sealed"
"""The one field of an entry of the stream."""


class Entry(BaseModel):
    """What somebody said.

    Attributes:
        intent: what was understood; `conversation` is what the language model answers and sees again.
        complete: False for an answer that was cut short.
        utterance_id: the client's name for the question, where it had one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["user", "assistant"]
    text: str
    timestamp: AwareDatetime
    client_id: str
    turn_id: str
    intent: str = "conversation"
    complete: bool = True
    utterance_id: str | None = None

    def sealed(self, vault: Vault, place: str) -> bytes:
        """Encrypt it for a place (stream and id, or channel): it cannot be read anywhere else."""
        return vault.seal(self.model_dump_json().encode(), place)

    @classmethod
    def unsealed(cls, vault: Vault, sealed: bytes, place: str) -> "Entry":
        """Decrypt it.

        Raises:
            ContextError: CONTEXT_UNREADABLE.
        """
        try:
            return cls.model_validate_json(vault.open(sealed, place))
        except ValidationError as error:
            raise ContextError(
                "An entry of the conversation is malformed.", code="CONTEXT_UNREADABLE", retryable=False
            ) from error


def stream_time(moment: datetime) -> int:
    """Milliseconds since 1970, the first half of a stream id."""
    return int(moment.timestamp() * 1000)


def span(scope: str, day: date | None) -> tuple[datetime | None, datetime | None]:
    """From when until when to forget; a day is one of this machine's calendar."""
    if scope != "day":
        return None, None
    if day is None:
        raise ContextError("Which day to forget is not said.", code="FORGET_INVALID", retryable=False)
    first = datetime.combine(day, time.min)
    return first.astimezone(), (first + timedelta(days=1)).astimezone()


def as_event(entry: Entry) -> ContextEvent:
    """What other clients are shown of it."""
    return ContextEvent(
        role=entry.role,
        text=entry.text[:8000],
        timestamp=entry.timestamp,
        client_id=entry.client_id,
        intent=entry.intent,
        turn_id=entry.turn_id,
    )
