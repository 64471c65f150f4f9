"""Lets in who is known: FastAPI dependencies, and the same check for a WebSocket."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from hive_mind.errors import AccessError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.identity import HERE, Identity

ACCESS_COOKIE = "hive_access"
REFRESH_COOKIE = "hive_refresh"


def identity(request: Request) -> Identity:
    """Who asks.

    Raises:
        AccessError: UNAUTHORISED, TOKEN_EXPIRED, TOKEN_REVOKED or RATE_LIMITED.
    """
    found = known(request.app.state.house.access, request)
    if found is None:
        raise AccessError("This needs a paired client.")
    return found


def admin(who: Annotated[Identity, Depends(identity)]) -> Identity:
    """Who asks, if it may change the house.

    Raises:
        AccessError: NOT_ALLOWED, and what `identity` raises.
    """
    if not who.rights.admin:
        raise AccessError("This client may not change the house.", code="NOT_ALLOWED")
    return who


Known = Annotated[Identity, Depends(identity)]
"""A parameter of a route that is for paired clients."""

Admin = Annotated[Identity, Depends(admin)]
"""A parameter of a route that is for those who run the house."""


def known(desk: Desk, connection: HTTPConnection) -> Identity | None:
    """Who opened a connection, from its address, header or cookie; None when it does not say.

    Raises:
        AccessError: it says something that is not true, or no longer.
    """
    token = bearer(connection.headers) or connection.cookies.get(ACCESS_COOKIE)
    peer = connection.client.host if connection.client else None
    trusted = desk.trusts(peer, connection.headers)
    if token:
        try:
            return desk.recognise(token, address_of(connection))
        except AccessError:
            if not trusted:
                raise
    return HERE if trusted else None


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token of an `Authorization` header."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def address_of(connection: HTTPConnection) -> str:
    """Where a connection comes from, for the limits."""
    return connection.client.host if connection.client else ""
