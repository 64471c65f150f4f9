"""Asks the server over HTTP, beside the WebSocket; blocking, so call it in a thread."""

import json
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from hive_mind.errors import AccessError, HiveMindError, LinkError

TIMEOUT_S = 10.0
MOST_BYTES = 1_000_000
_ACCESS = frozenset({"UNAUTHORISED", "TOKEN_EXPIRED", "TOKEN_REVOKED", "NOT_ALLOWED"})


def base_of(url: str) -> str:
    """`https://host:port` of a WebSocket's address."""
    parts = urlsplit(url)
    return f"{'https' if parts.scheme in ('wss', 'https') else 'http'}://{parts.netloc}"


def ask_json(
    url: str,
    body: Any = None,
    *,
    method: str | None = None,
    token: str | None = None,
    context: ssl.SSLContext | None = None,
) -> Any:
    """Send a request; answer what it says, None for nothing.

    Args:
        url: with `http` or `https`.
        body: sent as JSON.
        method: POST with a body, GET without one.
        token: shown in the `Authorization` header.
        context: of TLS.

    Raises:
        HiveMindError: the server's own code and sentence.
        LinkError: SERVER_UNREACHABLE, or SERVER_UNTRUSTED for its certificate.
    """
    said = fetch(url, None if body is None else json.dumps(body).encode(), method, token, context)
    try:
        return json.loads(said) if said else None
    except ValueError:
        raise LinkError(f"What answers at {url} is no Hive Mind server.") from None


def fetch(
    url: str,
    body: bytes | None = None,
    method: str | None = None,
    token: str | None = None,
    context: ssl.SSLContext | None = None,
) -> bytes:
    """As `ask_json`, in bytes."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    # Only http and https reach this: addresses come from `base_of`.
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if context is not None:
        handlers.append(urllib.request.HTTPSHandler(context=context))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT_S) as answer:
            said: bytes = answer.read(MOST_BYTES)
            return said
    except urllib.error.HTTPError as error:
        with error:
            raise _said(error, url) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise untrusted(url) from None
        raise LinkError(f"No Hive Mind server answers at {url}.") from None
    except (OSError, ValueError):
        raise LinkError(f"No Hive Mind server answers at {url}.") from None


def untrusted(url: str) -> LinkError:
    """A server whose certificate we do not trust."""
    return LinkError(
        f"The certificate of {url} is not one that this device trusts: pair it (./hive client pair).",
        code="SERVER_UNTRUSTED",
        retryable=False,
    )


def _said(error: urllib.error.HTTPError, url: str) -> HiveMindError:
    try:
        said = json.loads(error.read(MOST_BYTES))
        code, sentence = str(said["code"]), str(said["message"])
    except (ValueError, KeyError, TypeError):
        return LinkError(f"What answers at {url} is no Hive Mind server (HTTP {error.code}).")
    kind = AccessError if code in _ACCESS else HiveMindError
    return kind(sentence, code=code, retryable=bool(said.get("recoverable")))
