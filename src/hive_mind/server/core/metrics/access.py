"""Who may read the metrics: this machine, whoever holds the token, and the addresses that are allowed. Pure.

Metrics hold no words, but they tell when somebody is at home.
"""

import hmac
import ipaddress
from collections.abc import Iterable, Mapping

from pydantic import IPvAnyNetwork

from hive_mind.server.core.trace_access import may_read


def may_scrape(
    peer: str | None,
    headers: Mapping[str, str],
    *,
    token: str | None = None,
    allowed: Iterable[IPvAnyNetwork] = (),
) -> bool:
    """Whether to answer.

    Args:
        peer: address of the other end.
        headers: of the request, their names in lower case.
        token: the bearer token that opens; None: none does.
        allowed: networks such as `172.18.0.0/16` from which to answer; never one that a proxy only reports.
    """
    if may_read(peer, headers):
        return True
    given = headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if peer is None or "x-forwarded-for" in headers or "forwarded" in headers or "x-real-ip" in headers:
        return False
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in allowed)
