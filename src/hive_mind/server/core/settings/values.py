"""What can be set for the house and for each client; a setting has a path ("clients.salon.volume")."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from hive_mind.errors import ConfigError
from hive_mind.protocol.messages.base import Identifier

MOST_FACTS = 20
MOST_CLIENTS = 256

NIGHT = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
"""From one time of day to another."""

CLIENTS = "clients"

Fact: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Sensitivity: TypeAlias = Annotated[float, Field(ge=0, le=1)]
WakeWords: TypeAlias = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=80)], Sensitivity],
    Field(min_length=1, max_length=8),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClientSettings(_Part):
    """What is wished of one client; None: it does as its own file says.

    Attributes:
        name: what the household calls it.
        room: where it stands.
        volume: of its voice, in hundredths of the loudest.
        wake_words: names that it answers to, each with its sensitivity from 0 to 1.
    """

    name: Name | None = None
    room: Name | None = None
    volume: Annotated[int, Field(ge=0, le=100)] | None = None
    wake_words: WakeWords | None = None


class HouseSettings(_Part):
    """What is wished of the house; None: as the server's configuration, or the machine, has it.

    Attributes:
        persona: what the assistant calls itself.
        facts: what the language model should know of the house ("On habite à Belfort.").
        llm_model: id of the language model.
        stt_model: id of the recognition model with which the server hears.
        voice: with which the server speaks ("kokoro:ff_siwis").
        night: hours in which eyes and screens are dimmed ("22:00-07:00").
        clients: by client id.
    """

    persona: Name | None = None
    facts: Annotated[tuple[Fact, ...], Field(max_length=MOST_FACTS)] = ()
    llm_model: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    stt_model: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    voice: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    night: Annotated[str, Field(pattern=NIGHT)] | None = None
    clients: Annotated[dict[Identifier, ClientSettings], Field(max_length=MOST_CLIENTS)] = {}

    def client(self, client_id: str) -> ClientSettings:
        """What is wished of one client."""
        return self.clients.get(client_id, ClientSettings())


Flat: TypeAlias = dict[str, JsonValue]
"""Settings by path; what is not set is not in it."""


def flat(values: HouseSettings) -> Flat:
    """The settings that are set, by path."""
    told = values.model_dump(mode="json", exclude_none=True)
    clients = told.pop(CLIENTS)
    found: Flat = {name: value for name, value in told.items() if value != []}
    for client_id, wishes in clients.items():
        found |= {f"{CLIENTS}.{client_id}.{name}": value for name, value in wishes.items()}
    return found


def from_flat(settings: Mapping[str, JsonValue]) -> HouseSettings:
    """The settings of such a dictionary; None counts as not set.

    Raises:
        ConfigError: SETTING_UNKNOWN, or SETTING_INVALID; the message names the path.
    """
    tree: dict[str, Any] = {}
    clients: dict[str, dict[str, JsonValue]] = {}
    for path, value in settings.items():
        client_id, name = _of_client(path)
        known = HouseSettings.model_fields if client_id is None else ClientSettings.model_fields
        if name not in known or (client_id is None and name == CLIENTS):
            raise ConfigError(f"There is no setting {path!r}.", code="SETTING_UNKNOWN")
        if value is None:
            continue
        if client_id is None:
            tree[name] = value
        else:
            clients.setdefault(client_id, {})[name] = value
    try:
        return HouseSettings.model_validate({**tree, CLIENTS: clients})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where}: {first['msg']}.", code="SETTING_INVALID") from None


def _of_client(path: str) -> tuple[str | None, str]:
    """The client that a path is about, if any, and the setting; client ids may hold dots."""
    head, _, rest = path.partition(".")
    if head != CLIENTS or not rest:
        return None, path
    client_id, _, name = rest.rpartition(".")
    return client_id, name
