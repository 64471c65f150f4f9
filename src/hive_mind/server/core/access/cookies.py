"""A page's tokens: in cookies that no script can read, and that no other site can have sent along."""

from typing import Literal

from starlette.responses import Response

from hive_mind.server.core.access.gate import ACCESS_COOKIE, REFRESH_COOKIE
from hive_mind.server.core.access.register import REFRESH_LIFE, Granted

_STRICT: Literal["strict"] = "strict"
_REFRESH_PATH = "/api/token"


def set_cookies(response: Response, granted: Granted, *, secure: bool) -> None:
    """Give a page its tokens.

    Args:
        response: that goes to the page.
        granted: its tokens.
        secure: whether it came over TLS; then the cookies never travel without.
    """
    response.set_cookie(
        ACCESS_COOKIE, granted.access, granted.expires_in, httponly=True, secure=secure, samesite=_STRICT
    )
    response.set_cookie(
        REFRESH_COOKIE,
        granted.refresh,
        int(REFRESH_LIFE.total_seconds()),
        path=_REFRESH_PATH,
        httponly=True,
        secure=secure,
        samesite=_STRICT,
    )


def drop_cookies(response: Response) -> None:
    """Have a page forget its tokens."""
    response.delete_cookie(ACCESS_COOKIE)
    response.delete_cookie(REFRESH_COOKIE, path=_REFRESH_PATH)
