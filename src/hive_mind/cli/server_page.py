"""What a server on this machine tells its own tools over HTTP."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from hive_mind.errors import HiveMindError, LinkError

_TIMEOUT_S = 5.0


def fetch(url: str, path: str) -> Any:
    """A JSON page from the server with this WebSocket address. Blocking.

    Raises:
        LinkError: SERVER_UNREACHABLE.
        HiveMindError: the server's code, such as TURN_UNKNOWN or LOOPBACK_ONLY.
    """
    parts = urlsplit(url)
    address = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}{path}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=_TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise _said(error) from None
    except (OSError, ValueError):
        raise LinkError(f"No server answers at {parts.netloc}: start one with ./hive up.") from None


def _said(error: urllib.error.HTTPError) -> HiveMindError:
    """The server's own fault, or that it is no server of ours."""
    try:
        said = json.load(error)
        return HiveMindError(str(said["message"]), code=str(said["code"]))
    except (ValueError, KeyError, TypeError):
        return LinkError(f"What answers at this address is no Hive Mind server (HTTP {error.code}).")
