"""The register: who is paired, and what waits to be. Pure: each change makes a new one.

A refresh token is used up in two steps, so that an answer that is lost on the way locks nobody out: the
next one is issued, and it counts from the moment that somebody shows the access token that came with it (or
the next one itself). Until then the old one gives the same answer again. After that, whoever shows the old
one has it from elsewhere: the client is shut out.
"""

import secrets
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hive_mind.errors import AccessError
from hive_mind.server.core.access.identity import Rights
from hive_mind.server.core.access.pairing import PairingCode, PairingRequest
from hive_mind.server.core.access.tokens import (
    RefreshToken,
    SigningKey,
    access_token,
    is_genuine,
    new_secret,
    refresh_token,
)

ACCESS_LIFE = timedelta(minutes=15)
ROTATE_AFTER = timedelta(days=7)
"""A signing key makes tokens for so long; a client that is connected renews its tokens within this time."""

REFRESH_LIFE = timedelta(days=60)
"""A client that was away for longer is paired again."""

TAB_LEEWAY = timedelta(seconds=10)
"""Two tabs of one browser may renew at once."""

MOST_CLIENTS = 1000


class Chain(BaseModel):
    """The refresh tokens of one client.

    Attributes:
        family: its public name.
        key: base64 of the key that proves a token genuine.
        number: of the last one issued.
        used_at: when the last one, or what came with it, was first shown; None until then.
        issued_at: when the last one was issued.
    """

    model_config = ConfigDict(frozen=True)

    family: str
    key: str
    number: int = 0
    used_at: datetime | None = None
    issued_at: datetime


class PairedClient(BaseModel):
    """A client of the house.

    Attributes:
        client_id: its stable name.
        name: what people call it.
        room: where it stands.
        rights: what it may do.
        paired_at: when it was let in.
        keys: that sign its access tokens, the newest first; none for one that is shut out.
        chain: its refresh tokens; None for one that is shut out.
        shut_out: why it is: "reuse", an old token of it was shown by somebody.
    """

    model_config = ConfigDict(frozen=True)

    client_id: str
    name: str
    room: str | None = None
    rights: Rights = Rights()
    paired_at: datetime
    keys: tuple[SigningKey, ...] = ()
    chain: Chain | None = None
    shut_out: Literal["reuse"] | None = None


class Granted(BaseModel):
    """Tokens for a client.

    Attributes:
        client_id: whose they are.
        access: good for `expires_in` seconds.
        refresh: gives the next ones.
        expires_in: seconds.
    """

    model_config = ConfigDict(frozen=True)

    client_id: str
    access: str = Field(repr=False)
    refresh: str = Field(repr=False)
    expires_in: int


class Register(BaseModel):
    """See above.

    Attributes:
        house: a name that only this house has.
        clients: by client_id.
        codes: that are shown now.
        requests: of clients that wait at the door.
    """

    model_config = ConfigDict(frozen=True)

    house: str = Field(default_factory=lambda: secrets.token_urlsafe(12))
    clients: dict[str, PairedClient] = {}
    codes: tuple[PairingCode, ...] = ()
    requests: tuple[PairingRequest, ...] = ()

    def client(self, client_id: str) -> PairedClient:
        """A client by its name.

        Raises:
            AccessError: CLIENT_UNKNOWN.
        """
        found = self.clients.get(client_id)
        if found is None:
            raise AccessError(f"No client {client_id} is paired.", code="CLIENT_UNKNOWN")
        return found

    def having(self, client: PairedClient) -> "Register":
        """With this client as it is now."""
        return self.model_copy(update={"clients": {**self.clients, client.client_id: client}})

    def without(self, client_id: str) -> "Register":
        """Without a client.

        Raises:
            AccessError: CLIENT_UNKNOWN.
        """
        self.client(client_id)
        rest = {name: client for name, client in self.clients.items() if name != client_id}
        return self.model_copy(update={"clients": rest})

    def tidied(self, now: datetime) -> "Register":
        """Without codes and requests whose time is over."""
        codes = tuple(code for code in self.codes if code.expires > now)
        requests = tuple(request for request in self.requests if request.expires > now)
        return self.model_copy(update={"codes": codes, "requests": requests})

    def let_in(
        self, client_id: str, name: str, room: str | None, rights: Rights, now: datetime
    ) -> "Register":
        """Pair a client; one that is paired already gets new keys, and its old ones are worth nothing.

        Raises:
            AccessError: TOO_MANY_CLIENTS.
        """
        if client_id not in self.clients and len(self.clients) >= MOST_CLIENTS:
            raise AccessError("Too many clients are paired: revoke some.", code="TOO_MANY_CLIENTS")
        chain = Chain(family=secrets.token_urlsafe(12), key=new_secret(), issued_at=now)
        return self.having(
            PairedClient(
                client_id=client_id,
                name=name,
                room=room,
                rights=rights,
                paired_at=now,
                keys=(SigningKey.fresh(now),),
                chain=chain,
            )
        )

    def tokens_of(self, client_id: str, now: datetime) -> Granted:
        """The tokens of its last number.

        Raises:
            AccessError: CLIENT_UNKNOWN, TOKEN_REVOKED.
        """
        client = self.client(client_id)
        if client.chain is None or not client.keys:
            raise shut_out()
        number = client.chain.number
        return Granted(
            client_id=client_id,
            access=access_token(client_id, self.house, client.keys[0], number, now, ACCESS_LIFE),
            refresh=refresh_token(client.chain.family, client.chain.key, number),
            expires_in=int(ACCESS_LIFE.total_seconds()),
        )

    def shown(self, client_id: str, number: int, now: datetime) -> "Register":
        """An access token that came with a number was shown: the number before it is over."""
        client = self.clients.get(client_id)
        if client is None or client.chain is None:
            return self
        chain = client.chain
        if chain.number != number or chain.used_at is not None:
            return self
        return self.having(client.model_copy(update={"chain": chain.model_copy(update={"used_at": now})}))

    def owner(self, family: str) -> PairedClient | None:
        """Whose chain that is."""
        return next((c for c in self.clients.values() if c.chain and c.chain.family == family), None)

    def renewed(self, token: RefreshToken, now: datetime) -> tuple["Register", str, bool]:
        """Take a refresh token: the next register, whose token it was, and whether it was used twice.

        Where it was, the client is shut out in the new register.

        Raises:
            AccessError: UNAUTHORISED, TOKEN_REVOKED.
        """
        client = self.owner(token.family)
        if client is None or client.chain is None:
            raise shut_out()
        chain = client.chain
        if not is_genuine(token, chain.key):
            raise AccessError("The token is not one of this house: pair the client.")
        if now - chain.issued_at > REFRESH_LIFE:
            raise AccessError("The client was away for too long: pair it again.", code="TOKEN_REVOKED")
        lost = token.number == chain.number - 1 and (
            chain.used_at is None or now - chain.used_at <= TAB_LEEWAY
        )
        if lost:
            return self, client.client_id, False
        if token.number < chain.number:
            out = client.model_copy(update={"chain": None, "keys": (), "shut_out": "reuse"})
            return self.having(out), client.client_id, True
        # A number that we have not issued yet is genuine: we were restored from an old copy.
        chain = chain.model_copy(update={"number": token.number + 1, "used_at": None, "issued_at": now})
        return (
            self.having(client.model_copy(update={"chain": chain, "keys": _rotated(client.keys, now)})),
            client.client_id,
            False,
        )


def shut_out() -> AccessError:
    """What a client hears that was revoked."""
    return AccessError("This client was revoked: pair it again.", code="TOKEN_REVOKED")


def _rotated(keys: tuple[SigningKey, ...], now: datetime) -> tuple[SigningKey, ...]:
    """A new key when the newest is old; the one before it is kept while tokens of it are good."""
    if now - keys[0].made_at >= ROTATE_AFTER:
        return (SigningKey.fresh(now), keys[0])
    if len(keys) > 1 and now - keys[0].made_at > ACCESS_LIFE:
        return keys[:1]
    return keys
