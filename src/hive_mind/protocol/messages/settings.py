"""What a client tells of its settings; the household sets them on the server's page."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from hive_mind.protocol.messages.base import Identifier, Message, ShortText

Night: TypeAlias = Annotated[str, StringConstraints(min_length=11, max_length=11)]
"""From one time of day to another: "22:00-07:00"."""

WakeWords: TypeAlias = dict[str, Annotated[float, Field(ge=0, le=1)]]
"""Names that a client answers to, each with its sensitivity."""


class SettingsState(Message):
    """How a client is set now: after it has obeyed `settings`, and whenever that changes there.

    Attributes:
        client_id: stable name of the client.
        version: of the `settings` that it has obeyed; 0 before the first.
        room: where it stands.
        volume: of its voice, in hundredths of the loudest.
        wake_words: names that it answers to.
        night: hours in which it is dimmed.
        known_words: wake words that it could answer to.
        refused: settings that it cannot obey, each with the code of an error.
    """

    type: Literal["settings_state"] = "settings_state"
    client_id: Identifier
    version: Annotated[int, Field(ge=0)] = 0
    room: ShortText | None = None
    volume: Annotated[int, Field(ge=0, le=100)] | None = None
    wake_words: WakeWords | None = None
    night: Night | None = None
    known_words: Annotated[tuple[ShortText, ...], Field(max_length=64)] = ()
    refused: dict[str, Identifier] = Field(default_factory=dict)
