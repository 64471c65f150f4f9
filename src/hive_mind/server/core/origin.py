"""Which browser pages may open the WebSocket. Pure.

Browsers let any page of any site open a WebSocket to any address, and say in `Origin` which page it was;
programs send no `Origin`. Allowed are pages that this very server served, under a name that only the local
network resolves: a public name that points at a private address is an attack (DNS rebinding).
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

_LOCAL_ENDINGS = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".localhost")


def origin_allowed(origin: str | None, host: str | None, allowed: Iterable[str] = ()) -> bool:
    """Whether to accept a connection.

    Args:
        origin: the header, None when there is none.
        host: the `Host` header.
        allowed: further origins, such as `https://maison.example`.
    """
    if origin is None:
        return True
    if origin.rstrip("/") in {o.rstrip("/") for o in allowed}:
        return True
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host or ''}")
        same = (page.hostname, page.port) == (here.hostname, here.port)
    except ValueError:
        return False
    return same and page.scheme in {"http", "https"} and is_local_name(page.hostname or "")


def is_local_name(name: str) -> bool:
    """Whether a name means something on this network only: an address, a bare name, `x.local`."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        name = name.lower().rstrip(".")
        return bool(name) and ("." not in name or name.endswith(_LOCAL_ENDINGS))
    return True


def is_loopback(address: str | None) -> bool:
    """Whether a peer's address is of this machine."""
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
