"""Commands that ask the server of this machine over HTTP, as whoever runs it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hive_mind.client.access.http import ask_json, base_of
from hive_mind.client.access.trust import authority_of, context_for
from hive_mind.client.core.websocket import server_url
from hive_mind.crypto import load_key
from hive_mind.errors import HiveMindError
from hive_mind.server.config import load_config
from hive_mind.server.core.access.tokens import owner_token


class HouseApi:
    """The server of this machine, or of another whose key we have in the environment.

    Args:
        server: its address; None for the one that the settings of `serve` name.
        data: its data folder, where the house's key is.

    Raises:
        ConfigError: a setting is wrong, or the key cannot be read.
    """

    def __init__(self, server: str | None, data: Path | None) -> None:
        config = load_config(data=data)
        host = "127.0.0.1" if config.host in ("0.0.0.0", "::", "") else config.host  # noqa: S104
        self.url = server_url(server or f"ws://{host}:{config.port}/ws")
        self._key_file = config.data_path / "context.key"
        self._key = config.key.get_secret_value() if config.key else None

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Ask for `/api/…`.

        Raises:
            HiveMindError: the server's own code.
            LinkError: SERVER_UNREACHABLE.
        """
        token = None
        if self._key is not None or self._key_file.exists():
            token = owner_token(load_key(self._key, self._key_file), datetime.now(UTC))
        context = context_for(self.url, authority_of(self.url))
        return ask_json(f"{base_of(self.url)}/api/{path}", body, method=method, token=token, context=context)


def rights(*, admin: bool, guest: bool, rooms: list[str] | None, plugins: list[str] | None) -> dict[str, Any]:
    """Rights as the server wants them.

    Raises:
        HiveMindError: RIGHTS_INVALID.
    """
    if admin and guest:
        raise HiveMindError("A guest cannot run the house: choose one of both.", code="RIGHTS_INVALID")
    return {"admin": admin, "private": guest, "rooms": rooms or None, "plugins": plugins or None}
