"""What a client keeps of being paired: one file of mode 0600 in its state folder, replaced whole."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from hive_mind.errors import ConfigError

NAME = "access.json"


class Credentials(BaseModel):
    """The tokens of one server.

    Attributes:
        server: host and port at which it was paired ("192.168.1.20:8000").
        client_id: the name that the tokens are for.
        access: shown at each connection.
        refresh: gives the next tokens.
        expires: of the access token, by this machine's clock.
        authority: the server's own certificate authority, in PEM, which alone is trusted; empty where the
            server shows a certificate that this machine trusts anyway, or none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    server: str
    client_id: str
    access: str = Field(repr=False)
    refresh: str = Field(repr=False)
    expires: AwareDatetime
    authority: str = Field(default="", repr=False)


class _Kept(BaseModel):
    servers: tuple[Credentials, ...] = ()


class CredentialsFile:
    """See above.

    Args:
        folder: the client's state folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    @property
    def lock_path(self) -> Path:
        """Of a lock that programs of this machine hold while they renew."""
        return self._path.with_suffix(".lock")

    def find(self, url: str) -> Credentials | None:
        """The tokens for a server.

        At another address than before it is still known if it is the only one, and proves by its certificate
        that it is the same.

        Args:
            url: of its WebSocket.

        Raises:
            ConfigError: CREDENTIALS_INVALID, or DATA_UNWRITABLE.
        """
        kept = self._read().servers
        address = address_of(url)
        same = next((one for one in kept if one.server == address), None)
        if same is not None:
            return same
        moved = [one for one in kept if one.authority]
        return moved[0] if len(kept) == len(moved) == 1 and urlsplit(url).scheme == "wss" else None

    def keep(self, fresh: Credentials) -> None:
        """Write the tokens of a server.

        Raises:
            ConfigError: CREDENTIALS_INVALID, or DATA_UNWRITABLE.
        """
        others = tuple(one for one in self._read().servers if one.server != fresh.server)
        self._write(_Kept(servers=(*others, fresh)))

    def forget(self, server: str) -> None:
        """Drop the tokens of a server.

        Raises:
            ConfigError: CREDENTIALS_INVALID, or DATA_UNWRITABLE.
        """
        self._write(_Kept(servers=tuple(one for one in self._read().servers if one.server != server)))

    def _read(self) -> _Kept:
        try:
            return _Kept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _Kept()
        except ValidationError:
            raise ConfigError(
                f"{self._path} is damaged: remove it, then pair this device again.",
                code="CREDENTIALS_INVALID",
            ) from None
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def _write(self, kept: _Kept) -> None:
        draft = self._path.with_name(f".{NAME}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(kept.model_dump_json(indent=2).encode())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        finally:
            draft.unlink(missing_ok=True)


def address_of(url: str) -> str:
    """Host and port of a WebSocket's address, the port always written."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port or (443 if parts.scheme in ('wss', 'https') else 80)}"


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{path} cannot be read or written: {error.strerror}.", code="DATA_UNWRITABLE")
