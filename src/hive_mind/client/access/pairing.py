"""Becoming a client of a server: with the digits that it shows, with its link, or with digits of our own."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hive_mind.client.access.admission import credentials
from hive_mind.client.access.credentials import Credentials, address_of
from hive_mind.client.access.http import ask_json, base_of
from hive_mind.client.access.trust import authority_of, context_for, fingerprint_of
from hive_mind.client.core.clock import Clock
from hive_mind.errors import AccessError, ConfigError
from hive_mind.protocol.pairing import DIGITS, client_proof, code_key, same, server_proof

ASK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Link:
    """What the QR code of a server says.

    Attributes:
        url: of its WebSocket.
        digits: of the code.
        fingerprint: of its authority; empty where it has none.
    """

    url: str
    digits: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """This client, as it introduces itself."""

    client_id: str
    name: str
    room: str | None = None


def read_link(text: str) -> Link:
    """The parts of a pairing link.

    Raises:
        ConfigError: LINK_INVALID.
    """
    try:
        parts = urlsplit(text.strip())
        said = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good, parts, said = False, urlsplit(""), {}
    digits = said.get("code", "")
    if not good or len(digits) != DIGITS or not digits.isdecimal():
        raise ConfigError("This is no pairing link: copy it whole, between quotes.", code="LINK_INVALID")
    scheme = "wss" if parts.scheme == "https" else "ws"
    return Link(f"{scheme}://{parts.netloc}/ws", digits, said.get("ca", ""))


def pair(url: str, digits: str, who: Visitor, now: datetime, fingerprint: str = "") -> Credentials:
    """Enter with the digits that a server shows. Blocking.

    Args:
        url: of its WebSocket.
        digits: of the code.
        who: this client.
        now: aware time.
        fingerprint: that its link named, if it did.

    Raises:
        HiveMindError: the server's code, such as PAIRING_CODE_WRONG.
        AccessError: PAIRING_IMPOSTOR, somebody stands between us.
        LinkError: SERVER_UNREACHABLE, SERVER_UNTRUSTED.
    """
    authority = authority_of(url)
    seen = fingerprint_of(authority)
    if fingerprint and fingerprint != seen:
        raise _impostor()
    key, proof = _proof(digits, who, seen)
    told = ask_json(
        f"{base_of(url)}/api/pair", {**_introduced(who), "proof": proof}, context=context_for(url, authority)
    )
    return _checked(told, key, who, url, authority, now)


class Knock:
    """Waiting to be let in, while we show digits of our own.

    Args:
        url: of the server's WebSocket.
        who: this client.
    """

    def __init__(self, url: str, who: Visitor) -> None:
        self.digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        """To be shown, and typed at the server."""
        self._url = url
        self._who = who
        self._authority = authority_of(url)
        self._context = context_for(url, self._authority)
        self._key, proof = _proof(self.digits, who, fingerprint_of(self._authority))
        told = ask_json(
            f"{base_of(url)}/api/pair/requests", {**_introduced(who), "proof": proof}, context=self._context
        )
        self._request, self._secret = str(told["request_id"]), str(told["secret"])

    async def answer(self, clock: Clock) -> Credentials:
        """Wait until somebody has let us in.

        Raises:
            HiveMindError: REQUEST_UNKNOWN, we were turned away or nobody came.
            AccessError: PAIRING_IMPOSTOR.
            LinkError: SERVER_UNREACHABLE.
        """
        while True:
            told = await asyncio.to_thread(
                ask_json,
                f"{base_of(self._url)}/api/pair/requests/{self._request}",
                token=self._secret,
                context=self._context,
            )
            if not (isinstance(told, dict) and told.get("state") == "waiting"):
                return _checked(told, self._key, self._who, self._url, self._authority, clock.today())
            await clock.sleep(ASK_EVERY_S)


def _proof(digits: str, who: Visitor, fingerprint: str) -> tuple[bytes, dict[str, str]]:
    nonce = secrets.token_hex(16)
    key = code_key(digits, nonce)
    return key, {"nonce": nonce, "proof": client_proof(key, who.client_id, fingerprint)}


def _introduced(who: Visitor) -> dict[str, Any]:
    return {"client_id": who.client_id, "name": who.name, "room": who.room}


def _checked(told: object, key: bytes, who: Visitor, url: str, authority: str, now: datetime) -> Credentials:
    proof = told.get("proof") if isinstance(told, dict) else None
    wanted = server_proof(key, who.client_id, fingerprint_of(authority))
    if not isinstance(proof, str) or not same(proof, wanted):
        raise _impostor()
    return credentials(told, address_of(url), authority, now)


def _impostor() -> AccessError:
    return AccessError(
        "This is not the server that showed the code: somebody may stand between. Pair over a network you "
        "trust, with the link of the server's screen.",
        code="PAIRING_IMPOSTOR",
    )
