"""What all messages share: the base class, the version, the kinds of text."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

PROTOCOL_VERSION = 1
"""Version that this code speaks; `hello` and `welcome` settle on the lower of the two sides."""

MIN_PROTOCOL_VERSION = 1
"""Oldest version that this code still speaks."""

Identifier: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w.:@-]+$")
]
"""Letters of any alphabet, digits and `_ . : @ -`, 1 to 128 characters."""

ShortText: TypeAlias = Annotated[str, StringConstraints(max_length=200)]
"""A name or a label."""

Text: TypeAlias = Annotated[str, StringConstraints(max_length=8000)]
"""A transcript, a reply or a piece of one."""


Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
"""A secret that says who somebody is; it is printed nowhere."""


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


Timestamp: TypeAlias = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment, kept in UTC and written as in "2025-01-06T14:30:00Z"; read with any offset from UTC."""


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields ignored, `None` never written."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
