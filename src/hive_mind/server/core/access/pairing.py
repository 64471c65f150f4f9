"""What waits to be paired: codes that the server shows, and clients that show one. Pure.

Either way six digits are on one screen and typed at the other. A code is good once, for a few minutes, and
for a few wrong tries of anybody.
"""

import secrets
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from hive_mind.protocol.pairing import DIGITS
from hive_mind.server.core.access.identity import Rights

CODE_LIFE = timedelta(minutes=3)
REQUEST_LIFE = timedelta(minutes=5)
WRONG_TRIES = 10
"""Of anybody, while a code is good: then it is good no more."""

MOST_CODES = 4
MOST_REQUESTS = 8


class PairingCode(BaseModel):
    """Six digits that the server shows.

    Attributes:
        digits: to be typed at the client.
        rights: what the client will be allowed.
        expires: when it is good no more.
        wrong: tries that did not fit, of anybody, since it was made.
    """

    model_config = ConfigDict(frozen=True)

    digits: str
    rights: Rights
    expires: datetime
    wrong: int = 0


class PairingRequest(BaseModel):
    """A client that wants to be let in, and shows six digits of its own making.

    Attributes:
        request_id: its name here.
        client_id: as it calls itself.
        name: for people.
        room: where it says that it stands.
        address: where it asked from.
        nonce: of its proof.
        proof: that it knows the digits which it shows, and sees the certificate that it should.
        fingerprint: of the authority of that certificate; empty where it is not ours.
        secret: SHA-256 of what it must show to fetch the answer.
        asked_at: when it asked.
        expires: when it is dropped.
        approved: the rights that somebody gave it, and our proof; None while nobody has.
    """

    model_config = ConfigDict(frozen=True)

    request_id: str
    client_id: str
    name: str
    room: str | None
    address: str
    nonce: str
    proof: str
    fingerprint: str = ""
    secret: str
    asked_at: datetime
    expires: datetime
    approved: "Approval | None" = None


class Approval(BaseModel):
    """Somebody let a client in.

    Attributes:
        rights: what it is allowed.
        proof: ours, for the client.
    """

    model_config = ConfigDict(frozen=True)

    rights: Rights
    proof: str


PairingRequest.model_rebuild()


def fresh_code(rights: Rights, now: datetime, taken: frozenset[str]) -> PairingCode:
    """A new code that is none of those `taken`."""
    while (digits := f"{secrets.randbelow(10**DIGITS):0{DIGITS}}") in taken:
        continue
    return PairingCode(digits=digits, rights=rights, expires=now + CODE_LIFE)
