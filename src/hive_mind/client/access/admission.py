"""Keeps this client let in: shows its token, and renews it in time."""

import asyncio
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from filelock import FileLock, Timeout

from hive_mind.client.access.credentials import Credentials, CredentialsFile
from hive_mind.client.access.http import ask_json, base_of, untrusted
from hive_mind.client.access.trust import context_for
from hive_mind.client.core.clock import Clock
from hive_mind.errors import HiveMindError, LinkError

EARLY = timedelta(seconds=60)
"""A token that ends so soon is renewed before it is shown."""

RENEW_S = 24 * 3600.0
"""A link that stands has its tokens renewed beside it, well before the seven days that a server grants."""

_LOCK_S = 15.0

_log = structlog.get_logger(__name__)


class Admission:
    """The right to connect to one server.

    Args:
        url: of its WebSocket.
        file: where tokens are kept.
        clock: tells when a token ends.
    """

    def __init__(self, url: str, file: CredentialsFile, clock: Clock) -> None:
        self._url = url
        self._file = file
        self._clock = clock
        self._renewing = asyncio.Lock()

    async def show(self) -> tuple[str | None, ssl.SSLContext | None]:
        """The token to show, None where there is none; and what to connect with.

        Raises:
            HiveMindError: TOKEN_REVOKED and the like; the token cannot be renewed.
            ConfigError: the file cannot be read or written.
            LinkError: SERVER_UNREACHABLE, SERVER_UNTRUSTED.
        """
        kept = await asyncio.to_thread(self._file.find, self._url)
        if kept is None:
            return None, await asyncio.to_thread(context_for, self._url, "")
        if kept.authority and urlsplit(self._url).scheme == "ws":
            raise untrusted(self._url)  # it spoke TLS when we were paired: no token goes without
        if kept.expires - self._now() < EARLY:
            kept = await self.renew(kept)
        return kept.access, await asyncio.to_thread(context_for, self._url, kept.authority)

    async def renew(self, old: Credentials | None = None) -> Credentials:
        """Get the next tokens, unless another program of this machine has just done so.

        Args:
            old: that are to be renewed; None for those of the file.

        Raises:
            HiveMindError: the server's code.
            ConfigError: the file cannot be read or written.
            LinkError: SERVER_UNREACHABLE, SERVER_UNTRUSTED, or there is nothing to renew.
        """
        async with self._renewing:
            # Not cut off in the middle: the tokens that the server has given are written down.
            return await asyncio.shield(asyncio.to_thread(self._renew, old))

    async def run(self) -> None:
        """Renew now and then, until cancelled."""
        while True:
            await self._clock.sleep(RENEW_S)
            try:
                if await asyncio.to_thread(self._file.find, self._url) is not None:
                    await self.renew()
            except HiveMindError as error:
                _log.warning("tokens not renewed", code=error.code)

    def _renew(self, old: Credentials | None) -> Credentials:
        try:
            with FileLock(self._file.lock_path, timeout=_LOCK_S):
                kept = self._file.find(self._url)
                if kept is None:
                    raise LinkError("This device is not paired.", code="UNAUTHORISED", retryable=False)
                if old is not None and kept.refresh != old.refresh:
                    return kept
                return self._exchange(kept)
        except Timeout:
            raise LinkError("Another program of this machine renews the tokens and does not end.") from None

    def _exchange(self, kept: Credentials) -> Credentials:
        context = context_for(self._url, kept.authority)
        told = ask_json(f"{base_of(self._url)}/api/token", {"refresh_token": kept.refresh}, context=context)
        fresh = credentials(told, kept.server, kept.authority, self._now())
        self._file.keep(fresh)
        return fresh

    def _now(self) -> datetime:
        return self._clock.today()


def credentials(told: object, server: str, authority: str, now: datetime) -> Credentials:
    """Tokens as a server has given them.

    Raises:
        LinkError: it gave something else.
    """
    if isinstance(told, dict):
        try:
            return Credentials(
                server=server,
                client_id=told["client_id"],
                access=told["access_token"],
                refresh=told["refresh_token"],
                expires=now + timedelta(seconds=float(told["expires_in"])),
                authority=authority,
            )
        except (KeyError, ValueError, TypeError, OverflowError):
            pass
    raise LinkError("What answers is no Hive Mind server: it gave no tokens.")
