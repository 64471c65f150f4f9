"""What all messages share: the base class, the version, the kinds of text."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints

PROTOCOL_VERSION = 1
"""Version that this code speaks; `hello` and `welcome` settle on the lower of the two sides."""

Identifier: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w.:@-]+$")
]
"""Letters of any alphabet, digits and `_ . : @ -`, 1 to 128 characters."""

ShortText: TypeAlias = Annotated[str, StringConstraints(max_length=200)]
"""A name or a label."""

Text: TypeAlias = Annotated[str, StringConstraints(max_length=8000)]
"""A transcript, a reply or a piece of one."""


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields ignored, `None` never written."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
