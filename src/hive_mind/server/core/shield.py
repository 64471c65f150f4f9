"""Stands before all routes: who may ask, how much is read, what browsers may do with the answers.

An ASGI middleware. It knows nothing of clients and tokens; `access/` does.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hive_mind.server.core.answers import refusal
from hive_mind.server.core.origin import is_local_name, is_loopback, origin_allowed
from hive_mind.server.logs import get_logger

MOST_BODY = 64 * 1024
"""Bytes of a request's body."""

CONTENT_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), microphone=(self), screen-wake-lock=(self)",
}
"""On every answer."""

_MEASURES = frozenset({"/health", "/health/ready", "/metrics"})
"""What Prometheus and Docker ask for, from a network of their own, without TLS; no words are in it."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Shield:
    """See above.

    Args:
        app: what it stands before.
        allowed_origins: web origins, besides pages from this server, that may ask.
        tls_only: other machines must come over TLS.
    """

    def __init__(self, app: ASGIApp, allowed_origins: Sequence[str] = (), *, tls_only: bool = False) -> None:
        self._app = app
        self._tls_only = tls_only
        self._origins = tuple(allowed_origins)
        self._names = frozenset(filter(None, (urlsplit(origin).hostname for origin in allowed_origins)))
        self._log = get_logger("shield")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        plain = self._tls_only and scope["type"] != "lifespan" and self._is_plain(scope)
        if scope["type"] != "http":
            if plain:
                self._log.warning("connection without TLS refused")
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": "TLS_NEEDED"})
                return
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = _with_headers(send)
        if plain:
            await self._to_tls(scope, headers)(scope, receive, send)
            return
        code = self._fault(scope["method"], headers)
        if code is not None:
            self._log.warning("request refused", code=code, method=scope["method"])
            status = 413 if code == "FRAME_TOO_LARGE" else 403
            await refusal(code, status)(scope, receive, send)
            return
        await self._app(scope, _measured(receive), send)

    def _fault(self, method: str, headers: Headers) -> str | None:
        """What is wrong with a request, if anything is."""
        host, origin = headers.get("host"), headers.get("origin")
        if not self._is_ours(host):
            return "HOST_REFUSED"
        if method not in _READING and not origin_allowed(origin, host, self._origins):
            return "ORIGIN_REFUSED"
        if method not in _READING and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return None if origin_allowed(origin, host, self._origins) and origin else "ORIGIN_REFUSED"
        length = headers.get("content-length", "0")
        return "FRAME_TOO_LARGE" if not length.isdecimal() or int(length) > MOST_BODY else None

    def _is_plain(self, scope: Scope) -> bool:
        """Whether another machine comes without TLS."""
        peer = scope.get("client")
        measured = scope["type"] == "http" and scope["path"] in _MEASURES
        return (
            scope["scheme"] in ("http", "ws") and not measured and not is_loopback(peer[0] if peer else None)
        )

    def _to_tls(self, scope: Scope, headers: Headers) -> Response:
        """Send a browser on to `https`; a program is told."""
        if (
            scope["method"] in _READING
            and "text/html" in headers.get("accept", "")
            and self._is_ours(headers.get("host"))
        ):
            return RedirectResponse(f"https://{headers['host']}{scope['path']}", 307)
        return refusal("TLS_NEEDED", 403)

    def _is_ours(self, host: str | None) -> bool:
        """Whether a `Host` is a local name: a public one that points here is an attack (DNS rebinding)."""
        try:
            name = urlsplit(f"//{host or ''}").hostname or ""
        except ValueError:
            return False
        return is_local_name(name) or name in self._names


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _measured(receive: Receive) -> Receive:
    """Reads no more than `MOST_BODY`, whatever the headers said; the rest is cut off, and then is no JSON."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.request":
            room = MOST_BODY - taken
            body = message.get("body", b"")
            taken += len(body)
            if len(body) > room:
                return {"type": "http.request", "body": body[: max(0, room)], "more_body": False}
        return message

    return receiving
