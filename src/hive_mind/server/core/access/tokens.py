"""Tokens, without a clock and without memory.

An access token is a JWT (HS256) signed with a key of its client alone: what is stolen from one opens
nothing of another, and to revoke a client is to forget its keys. It is good for minutes.

A refresh token is a place in the chain of one client: its family, a number, and a MAC over both. Which
number is the last one issued stands in the register; a genuine token with an older number was used twice.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict

from hive_mind.errors import AccessError

ALGORITHM = "HS256"
AUDIENCE = "hive-mind"
KEY_BYTES = 32
MOST_CHARACTERS = 2048
"""Of any token that is looked at."""

LONGEST = timedelta(minutes=20)
"""No token is good for longer: one that ends later was issued by a clock that went ahead."""

OWNER = "owner"
OWNER_LIFE = timedelta(minutes=1)

_PREFIX = "hmr1"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SigningKey(BaseModel):
    """Signs the access tokens of one client.

    Attributes:
        kid: its public name, in the header of a token.
        secret: base64 of 32 random bytes.
        made_at: when it was made.
    """

    model_config = ConfigDict(frozen=True)

    kid: str
    secret: str
    made_at: datetime

    @classmethod
    def fresh(cls, now: datetime) -> "SigningKey":
        """A new one."""
        return cls(kid=secrets.token_urlsafe(9), secret=new_secret(), made_at=now)


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says.

    Attributes:
        client_id: whose it is.
        number: of the refresh token that it was issued with.
        expires: until when it is good.
    """

    client_id: str
    number: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token says."""

    family: str
    number: int
    mac: bytes


def owner_key(house_key: bytes) -> SigningKey:
    """The key of whoever can read the house's own: the person that runs the server, on its machine."""
    secret = hmac.new(house_key, b"hive-mind owner", hashlib.sha256).digest()
    return SigningKey(kid=OWNER, secret=base64.b64encode(secret).decode(), made_at=_LONG_AGO)


def owner_token(house_key: bytes, now: datetime) -> str:
    """A token for a command on the server's machine, good for a minute."""
    return access_token(OWNER, OWNER, owner_key(house_key), 0, now, OWNER_LIFE)


def new_secret() -> str:
    """A key as the register keeps it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def access_token(
    client_id: str, house: str, key: SigningKey, number: int, now: datetime, life: timedelta
) -> str:
    """Issue an access token.

    Args:
        client_id: whose it is.
        house: the name of this house: a token of another is worth nothing here.
        key: of the client.
        number: of the refresh token beside it.
        now: aware time.
        life: how long it is good.
    """
    claims = {
        "iss": house,
        "aud": AUDIENCE,
        "sub": client_id,
        "n": number,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return jwt.encode(claims, base64.b64decode(key.secret), ALGORITHM, {"kid": key.kid})


def key_name(token: str) -> str:
    """The name of the key that a token claims to be signed with; nothing of it is proved yet.

    Raises:
        AccessError: UNAUTHORISED, it is no token.
    """
    try:
        if len(token) > MOST_CHARACTERS:
            raise _unknown()
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.InvalidTokenError:
        raise _unknown() from None


def read_access(
    token: str, house: str, key: SigningKey, now: datetime, grace: timedelta = timedelta()
) -> Claims:
    """Check an access token against the key that it names.

    Args:
        token: as it came.
        house: this house.
        key: of the name that `key_name` gave.
        now: aware time.
        grace: how long after its end it is still taken.

    Raises:
        AccessError: UNAUTHORISED, or TOKEN_EXPIRED.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            base64.b64decode(key.secret),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=house,
            options={
                "require": ["exp", "sub", "n"],
                "verify_exp": False,  # by our own clock, below
                "verify_iat": False,
            },
        )
        read = Claims(str(claims["sub"]), int(claims["n"]), datetime.fromtimestamp(claims["exp"], now.tzinfo))
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        raise _unknown() from None
    if read.expires + grace <= now or read.expires > now + LONGEST:
        raise AccessError("The access token is too old: renew it.", code="TOKEN_EXPIRED", retryable=True)
    return read


def refresh_token(family: str, key: str, number: int) -> str:
    """The refresh token of a number; always the same one for the same number."""
    return f"{_PREFIX}.{family}.{number}.{_written(_mac(family, key, number))}"


def read_refresh(token: str) -> RefreshToken:
    """What a refresh token says; `is_genuine` proves it.

    Raises:
        AccessError: UNAUTHORISED, it is no token.
    """
    parts = token.split(".") if len(token) <= MOST_CHARACTERS and token.isascii() else []
    if len(parts) != 4 or parts[0] != _PREFIX or not parts[2].isdecimal() or len(parts[2]) > 12:
        raise _unknown()
    try:
        mac = base64.urlsafe_b64decode(parts[3] + "=" * (-len(parts[3]) % 4))
    except ValueError:
        raise _unknown() from None
    return RefreshToken(parts[1], int(parts[2]), mac)


def is_genuine(token: RefreshToken, key: str) -> bool:
    """Whether we issued it, for the family of this key."""
    return hmac.compare_digest(token.mac, _mac(token.family, key, token.number))


def _mac(family: str, key: str, number: int) -> bytes:
    return hmac.new(base64.b64decode(key), f"{family}.{number}".encode(), hashlib.sha256).digest()


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unknown() -> AccessError:
    return AccessError("The token is not one of this house: pair the client.")
