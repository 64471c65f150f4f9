"""Who may read traces: they hold what was said, so only programs on the server's own machine."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from hive_mind.errors import ProtocolError
from hive_mind.server.core.origin import is_local_name, is_loopback, origin_allowed
from hive_mind.server.core.trace import Traces
from hive_mind.server.core.why import why

LAST = "LAST"
"""Stands for the newest turn that has ended."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Whether a proxy passes this request on for somebody else."""
    return any(name in headers for name in _FORWARDED)


def may_read(peer: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine, and not through a proxy or a page of another site.

    Args:
        peer: address of the other end.
        headers: of the request, their names in lower case.
    """
    if not is_loopback(peer) or is_forwarded(headers):
        return False
    host = headers.get("host", "")
    return is_local_name(urlsplit(f"//{host}").hostname or "") and origin_allowed(headers.get("origin"), host)


def heard(traces: Traces) -> list[dict[str, Any]]:
    """What recognisers heard in the last turns, the newest first, for whoever judges them."""
    return [
        {
            "turn_id": trace.turn_id,
            "begun": trace.begun.isoformat(),
            "room": trace.room or trace.client_id,
            "heard": trace.repaired or trace.heard,
        }
        for trace in traces.newest_first()
        if trace.spoken and trace.over
    ]


def told(traces: Traces, turn_id: str) -> dict[str, Any]:
    """A trace for tools, with the answer to "pourquoi ?".

    Args:
        traces: of the house.
        turn_id: of the turn, or `LAST`.

    Raises:
        ProtocolError: TURN_UNKNOWN.
    """
    trace = traces.last() if turn_id.upper() == LAST else traces.find(turn_id)
    if trace is None:
        raise ProtocolError(f"No turn {turn_id} is kept: the last 200 are.", code="TURN_UNKNOWN")
    return {**trace.as_json(), "why": why(trace)}
