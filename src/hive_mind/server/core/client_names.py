"""What a client is called, whoever asks: as the household has set it, else as it was paired."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hive_mind.server.core.house import House


def called(house: "House", client_id: str) -> str | None:
    """The name of a client; None where nobody has given it one."""
    paired = house.access.register.clients.get(client_id)
    return house.settings.values.client(client_id).name or (None if paired is None else paired.name)


async def keep_as_paired(house: "House", client_id: str, *, name: bool, room: bool) -> None:
    """Let its pairing say what it is called, or where it stands: nothing else is set of it any more."""
    wanted = {"name": name, "room": room}
    set_otherwise = house.settings.values.client(client_id).model_dump(exclude_none=True)
    paths = [
        f"clients.{client_id}.{field}" for field, asked in wanted.items() if asked and field in set_otherwise
    ]
    if paths:
        await house.settings.change(dict.fromkeys(paths))
