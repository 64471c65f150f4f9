"""The register at work: the clock, Redis, the limits."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from hive_mind.errors import AccessError, ContextError
from hive_mind.server.core.access.identity import HERE, Identity, Rights
from hive_mind.server.core.access.register import Granted, PairedClient, Register, shut_out
from hive_mind.server.core.access.throttle import Throttle
from hive_mind.server.core.access.tokens import (
    OWNER,
    SigningKey,
    key_name,
    owner_key,
    read_access,
    read_refresh,
)
from hive_mind.server.core.origin import is_loopback
from hive_mind.server.core.trace_access import may_read
from hive_mind.server.logs import get_logger

STATE = "access"
FOLLOW_S = 2.0
"""How soon a server hears of what another one has changed."""

LOOK_AGAIN_S = 300.0
"""How often connections are looked at though nobody has changed anything: time passes."""

AWAY_GRACE = timedelta(hours=1)
"""While Redis is away nobody can renew: tokens of clients that are known here are taken for longer."""

T = TypeVar("T")


class Safe(Protocol):
    """Keeps the register."""

    async def load(self, name: str) -> bytes | None:
        """What is kept under a name."""
        ...

    async def change(self, name: str, step: Callable[[bytes | None], bytes]) -> bytes:
        """Change it, as if nobody else did so meanwhile."""
        ...


class Desk:
    """Who is let in.

    Args:
        safe: keeps the register.
        spawn: runs small work that nobody waits for.
        trust_loopback: whether this machine needs no pairing.
        closed: whether other machines do.
        owner: signs the tokens of commands on this machine.
        now: aware time.
    """

    def __init__(
        self,
        safe: Safe,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        *,
        trust_loopback: bool = True,
        closed: bool = True,
        owner: SigningKey | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.register = Register(house="")
        self.closed = closed
        self.fingerprint = ""
        """SHA-256 of our certificate authority; empty where TLS is not ours."""
        self.throttle = Throttle()
        self.strangers: Counter[str] = Counter()
        """Connections by address that have not said yet who they are."""
        self.tell_wrong: Callable[[str], None] = lambda _: None
        """Told of an address from where somebody was wrong, for the other servers."""
        self.now = now
        self.monotonic = monotonic
        self._safe = safe
        self._spawn = spawn
        self._owner = owner
        self._trust_loopback = trust_loopback
        self._keys: dict[str, tuple[PairedClient, SigningKey]] = {}
        self._raw: bytes | None = None
        self._away = False
        self._looked = monotonic()
        self._listeners: list[Callable[[], None]] = []
        self._log = get_logger("access")

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when clients or their rights have changed."""
        self._listeners.append(listener)

    def own(self, key: bytes) -> None:
        """The house has another key: whoever can read that one runs it."""
        self._owner = owner_key(key)

    async def start(self) -> None:
        """Read the register, or make it; with Redis away, nobody is known yet."""
        try:
            await self.change(lambda register: (register, None))
        except ContextError as error:
            self._away = True
            self._log.error("clients not read", code=error.code, reason=error.message)

    async def run(self) -> None:
        """Hear of what other servers change, until cancelled."""
        while True:
            await asyncio.sleep(FOLLOW_S)
            await self.follow()

    async def follow(self) -> None:
        """Read the register again; now and then have connections looked at, if tokens can be renewed."""
        try:
            raw = await self._safe.load(STATE)
        except ContextError:
            self._away = True
            return
        if self._away or not self.register.house:
            self._away = False
            await self.start()
        elif raw is not None and raw != self._raw:
            self._take(raw)
        elif self.monotonic() - self._looked >= LOOK_AGAIN_S:
            self._tell()

    def trusts(self, peer: str | None, headers: Mapping[str, str]) -> bool:
        """Whether a connection from there needs no token.

        Args:
            peer: address of the other end.
            headers: of the request, their names in lower case.
        """
        return not self.closed or (self._trust_loopback and is_loopback(peer) and may_read(peer, headers))

    def recognise(self, token: str, address: str) -> Identity:
        """Whose access token that is.

        Raises:
            AccessError: UNAUTHORISED, TOKEN_EXPIRED, TOKEN_REVOKED, or RATE_LIMITED after too many bad ones.
        """
        try:
            kid = key_name(token)
            if self._owner is not None and kid == OWNER:
                read_access(token, OWNER, self._owner, self.now())
                return HERE
            client, key = self._keys.get(kid, (None, None))
            if client is None or key is None:
                raise AccessError("The token is not one of this house: pair the client.")
            grace = AWAY_GRACE if self._away else timedelta()
            claims = read_access(token, self.register.house, key, self.now(), grace)
            if claims.client_id != client.client_id:
                raise AccessError("The token is not one of this house: pair the client.")
        except AccessError as error:
            if error.code != "TOKEN_EXPIRED":
                self.note_failure("token", address, error.code)
            raise
        if client.chain is not None and client.chain.used_at is None and client.chain.number == claims.number:
            self._spawn(self._shown(client.client_id, claims.number))
        return as_identity(client)

    def identity_of(self, client_id: str) -> Identity:
        """A client as it is now.

        Raises:
            AccessError: TOKEN_REVOKED, it is not paired any more.
        """
        client = self.register.clients.get(client_id)
        if client is None or client.chain is None:
            raise shut_out()
        return as_identity(client)

    async def renew(self, token: str, address: str) -> Granted:
        """New tokens for a refresh token, which is used up.

        Raises:
            AccessError: UNAUTHORISED, TOKEN_REVOKED, RATE_LIMITED.
            ContextError: Redis is away: try again.
        """

        def step(register: Register) -> tuple[Register, tuple[str, bool]]:
            new, client_id, twice = register.renewed(read_refresh(token), self.now())
            return new, (client_id, twice)

        try:
            client_id, twice = await self.change(step)
            if twice:
                self._log.warning(
                    "refresh token used twice: client shut out", client_id=client_id, address=address
                )
                raise shut_out()
        except AccessError as error:
            self.note_failure("refresh token", address, error.code)
            raise
        return self.register.tokens_of(client_id, self.now())

    async def rename(self, client_id: str, name: str | None, room: str | None) -> PairedClient:
        """Change what a client is called, or where it stands (an empty room: nowhere).

        Raises:
            AccessError: CLIENT_UNKNOWN.
        """

        def step(register: Register) -> tuple[Register, PairedClient]:
            old = register.client(client_id)
            where = old.room if room is None else room or None
            client = old.model_copy(update={"name": name or old.name, "room": where})
            return register.having(client), client

        return await self.change(step)

    async def allow(self, client_id: str, rights: Rights) -> PairedClient:
        """Give a client other rights.

        Raises:
            AccessError: CLIENT_UNKNOWN.
        """

        def step(register: Register) -> tuple[Register, PairedClient]:
            client = register.client(client_id).model_copy(update={"rights": rights})
            return register.having(client), client

        changed = await self.change(step)
        self._log.info("rights changed", client_id=client_id, **rights.model_dump())
        return changed

    async def revoke(self, client_id: str) -> None:
        """Shut a client out and forget it.

        Raises:
            AccessError: CLIENT_UNKNOWN.
        """
        await self.change(lambda register: (register.without(client_id), None))
        self._log.warning("client revoked", client_id=client_id)

    async def change(self, step: Callable[[Register], tuple[Register, T]]) -> T:
        """Change the register: all of it, or nothing.

        Raises:
            AccessError: whatever `step` raises.
            ContextError: Redis is away.
        """
        results: list[T] = []

        def on_bytes(raw: bytes | None) -> bytes:
            before = Register() if raw is None else Register.model_validate_json(raw)
            after, result = step(before.tidied(self.now()))
            results.append(result)
            return after.model_dump_json(exclude_defaults=False).encode()

        raw = await self._safe.change(STATE, on_bytes)
        self._away = False
        self._take(raw)
        return results[-1]

    def note_failure(self, what: str, address: str, code: str) -> None:
        """Count and log that somebody was wrong.

        Raises:
            AccessError: RATE_LIMITED, too often.
        """
        fine = self.throttle.failed(address, self.monotonic())
        self.tell_wrong(address)
        self._log.warning("refused", what=what, address=address, code=code, too_often=not fine)
        if not fine:
            raise too_often()

    def wrong_elsewhere(self, address: str) -> None:
        """Somebody there was wrong at another server of this house."""
        self.throttle.failed(address, self.monotonic())

    def check_pace(self, address: str) -> None:
        """Refuse to look at a guess of somebody who was wrong too often.

        Raises:
            AccessError: RATE_LIMITED.
        """
        if self.throttle.wait(address, self.monotonic()) > 0:
            raise too_often()

    def _take(self, raw: bytes) -> None:
        self._raw = raw
        self.register = Register.model_validate_json(raw)
        self._keys = {
            key.kid: (client, key) for client in self.register.clients.values() for key in client.keys
        }
        self._tell()

    def _tell(self) -> None:
        self._looked = self.monotonic()
        for listener in self._listeners:
            listener()

    async def _shown(self, client_id: str, number: int) -> None:
        """Note that the last answer has arrived; if Redis is away, the next one shown will do."""
        with contextlib.suppress(ContextError):
            await self.change(lambda register: (register.shown(client_id, number, self.now()), None))


def as_identity(client: PairedClient) -> Identity:
    """A paired client as routes see it."""
    return Identity(client.client_id, client.name, client.room, client.rights)


def too_often() -> AccessError:
    """What is answered to somebody who guesses."""
    return AccessError("Too many wrong tries: wait a minute.", code="RATE_LIMITED", retryable=True)
