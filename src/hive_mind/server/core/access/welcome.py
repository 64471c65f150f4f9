"""Letting new clients in: with the digits that the server shows, or with those that the client shows."""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hive_mind.errors import AccessError
from hive_mind.protocol.messages.base import Identifier
from hive_mind.protocol.pairing import client_proof, code_key, same, server_proof
from hive_mind.server.core.access.desk import Desk, too_often
from hive_mind.server.core.access.identity import OWN_PARTS, Name, Rights
from hive_mind.server.core.access.pairing import (
    MOST_CODES,
    MOST_REQUESTS,
    REQUEST_LIFE,
    WRONG_TRIES,
    Approval,
    PairingCode,
    PairingRequest,
    fresh_code,
)
from hive_mind.server.core.access.register import Granted, Register
from hive_mind.server.logs import get_logger

MOST_REQUESTS_FROM_ONE = 2

Hexadecimal = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]+$", min_length=16, max_length=64)]
Digits = Annotated[str, StringConstraints(pattern=r"^\d{3} ?\d{3}$")]


class Introduction(BaseModel):
    """A client that wants to be let in.

    Attributes:
        client_id: its stable name.
        name: what people shall call it.
        room: where it stands.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    client_id: Identifier
    name: Name
    room: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None


class Proof(BaseModel):
    """That a client knows six digits; see `protocol.pairing`.

    Attributes:
        nonce: made up for this try.
        proof: of it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    nonce: Hexadecimal
    proof: Annotated[str, Field(min_length=64, max_length=64)]


@dataclass(frozen=True, slots=True)
class Welcome:
    """A client was let in.

    Attributes:
        granted: its tokens.
        proof: that we know the digits too; empty where it said them as they are.
    """

    granted: Granted
    proof: str = ""


class Door:
    """See above.

    Args:
        desk: the register.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stretching = asyncio.Semaphore(1)  # each guess takes 32 MiB
        self._log = get_logger("pairing")

    async def show_code(self, rights: Rights) -> PairingCode:
        """Six fresh digits; when too many are shown, the oldest are good no more."""

        def step(register: Register) -> tuple[Register, PairingCode]:
            code = fresh_code(rights, self._desk.now(), frozenset(c.digits for c in register.codes))
            codes = (*register.codes, code)[-MOST_CODES:]
            return register.model_copy(update={"codes": codes}), code

        code = await self._desk.change(step)
        self._log.info("pairing code shown", expires=code.expires.isoformat(), **rights.model_dump())
        return code

    async def enter(
        self, who: Introduction, given: str | Proof, address: str, fingerprint: str = ""
    ) -> Welcome:
        """Let a client in that knows a code, or proves that it does.

        Args:
            who: the client.
            given: the digits, or the proof.
            address: where it asks from.
            fingerprint: of the authority whose certificate it sees; empty where that is not ours.

        Raises:
            AccessError: PAIRING_CODE_WRONG, RATE_LIMITED, TOO_MANY_CLIENTS, or INVALID_MESSAGE for the
                client_id.
            ContextError: Redis is away.
        """
        self._desk.check_pace(address)
        _check_name(who)
        now = self._desk.now()
        codes = self._desk.register.tidied(now).codes
        if not codes:  # another server may have shown one a moment ago
            await self._desk.follow()
            codes = self._desk.register.tidied(now).codes
        found, proof = None, ""
        for code in codes:
            if isinstance(given, str):
                if same(code.digits, "".join(given.split())):
                    found = code
            elif (key := await self._fits(code.digits, who.client_id, given, fingerprint)) is not None:
                found, proof = code, server_proof(key, who.client_id, fingerprint)
        if found is None or not await self._use_up(found, who):
            await self._wrong(address)
            raise AccessError("The pairing code is wrong, or too old.", code="PAIRING_CODE_WRONG")
        self._log.warning(
            "client paired", client_id=who.client_id, address=address, **found.rights.model_dump()
        )
        return Welcome(self._desk.register.tokens_of(who.client_id, self._desk.now()), proof)

    async def knock(
        self, who: Introduction, proof: Proof, address: str, fingerprint: str = ""
    ) -> tuple[str, str]:
        """Note that a client waits, which shows digits of its own; answer the request's name and its secret.

        Raises:
            AccessError: RATE_LIMITED, too many wait; INVALID_MESSAGE for the client_id.
            ContextError: Redis is away.
        """
        self._desk.check_pace(address)
        _check_name(who)
        secret, now = secrets.token_urlsafe(24), self._desk.now()
        request = PairingRequest(
            request_id=secrets.token_urlsafe(9),
            client_id=who.client_id,
            name=who.name,
            room=who.room,
            address=address,
            nonce=proof.nonce,
            proof=proof.proof,
            fingerprint=fingerprint,
            secret=_hashed(secret),
            asked_at=now,
            expires=now + REQUEST_LIFE,
        )

        def step(register: Register) -> tuple[Register, None]:
            others = tuple(
                r for r in register.requests if r.client_id != who.client_id or r.address != address
            )
            from_there = sum(r.address == address for r in others)
            if len(others) >= MOST_REQUESTS or from_there >= MOST_REQUESTS_FROM_ONE:
                raise too_often()
            return register.model_copy(update={"requests": (*others, request)}), None

        await self._desk.change(step)
        self._log.warning("client asks to be paired", client_id=who.client_id, address=address)
        return request.request_id, secret

    async def approve(self, digits: str, rights: Rights) -> PairingRequest:
        """Let in the client that shows these digits.

        Raises:
            AccessError: PAIRING_CODE_WRONG, none does.
            ContextError: Redis is away.
        """
        await self._desk.follow()
        for request in self._desk.register.tidied(self._desk.now()).requests:
            shown = Proof(nonce=request.nonce, proof=request.proof)
            key = await self._fits(digits, request.client_id, shown, request.fingerprint)
            if key is None:
                continue
            proof = server_proof(key, request.client_id, request.fingerprint)
            approved = request.model_copy(update={"approved": Approval(rights=rights, proof=proof)})

            def step(register: Register, new: PairingRequest = approved) -> tuple[Register, PairingRequest]:
                _request(register, new.request_id)
                requests = tuple(new if r.request_id == new.request_id else r for r in register.requests)
                return register.model_copy(update={"requests": requests}), new

            return await self._desk.change(step)
        raise AccessError("No client that waits shows this code.", code="PAIRING_CODE_WRONG")

    async def turn_away(self, request_id: str) -> None:
        """Drop a request.

        Raises:
            AccessError: REQUEST_UNKNOWN.
            ContextError: Redis is away.
        """
        await self._desk.change(lambda register: (_without_request(register, request_id), None))

    async def look(self, request_id: str, secret: str, address: str) -> Welcome | None:
        """What came of a request; None while nobody has decided. Tokens are given once.

        Raises:
            AccessError: REQUEST_UNKNOWN, turned away or too old; UNAUTHORISED; RATE_LIMITED.
            ContextError: Redis is away.
        """
        await self._desk.follow()
        request = _request(self._desk.register.tidied(self._desk.now()), request_id)
        if not hmac.compare_digest(request.secret, _hashed(secret)):
            self._desk.note_failure("pairing request", address, "UNAUTHORISED")
            raise AccessError("This request is another client's.")
        if request.approved is None:
            return None
        approval, now = request.approved, self._desk.now()

        def step(register: Register) -> tuple[Register, None]:
            rest = _without_request(register, request_id)
            return rest.let_in(request.client_id, request.name, request.room, approval.rights, now), None

        await self._desk.change(step)
        self._log.warning("client paired", client_id=request.client_id, address=address)
        return Welcome(self._desk.register.tokens_of(request.client_id, now), approval.proof)

    async def _fits(self, digits: str, client_id: str, given: Proof, fingerprint: str) -> bytes | None:
        """The key of the digits, if a proof was made with them, and for this certificate."""
        async with self._stretching:
            key = await asyncio.to_thread(code_key, digits, given.nonce)
        wanted = client_proof(key, client_id, fingerprint)
        return key if same(wanted, given.proof) else None

    async def _use_up(self, code: PairingCode, who: Introduction) -> bool:
        """Take the code away and let the client in; False when somebody was faster."""

        def step(register: Register) -> tuple[Register, bool]:
            rest = tuple(c for c in register.codes if c.digits != code.digits)
            if len(rest) == len(register.codes):
                return register, False
            new = register.model_copy(update={"codes": rest})
            return new.let_in(who.client_id, who.name, who.room, code.rights, self._desk.now()), True

        return await self._desk.change(step)

    async def _wrong(self, address: str) -> None:
        """A try that did not fit counts against every code that is shown, and against who tried."""

        def count(register: Register) -> tuple[Register, int]:
            counted = (code.model_copy(update={"wrong": code.wrong + 1}) for code in register.codes)
            codes = tuple(code for code in counted if code.wrong < WRONG_TRIES)
            return register.model_copy(update={"codes": codes}), len(register.codes) - len(codes)

        given_up = await self._desk.change(count) if self._desk.register.codes else 0
        if given_up:
            self._log.warning("pairing code given up after too many wrong tries", address=address)
        self._desk.note_failure("pairing code", address, "PAIRING_CODE_WRONG")


def _request(register: Register, request_id: str) -> PairingRequest:
    found = next((r for r in register.requests if r.request_id == request_id), None)
    if found is None:
        raise AccessError("There is no such request, or no longer.", code="REQUEST_UNKNOWN")
    return found


def _without_request(register: Register, request_id: str) -> Register:
    gone = _request(register, request_id)
    return register.model_copy(update={"requests": tuple(r for r in register.requests if r is not gone)})


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_name(who: Introduction) -> None:
    if OWN_PARTS in who.client_id:
        raise AccessError(f"A client_id that is paired has no {OWN_PARTS!r}.", code="INVALID_MESSAGE")
