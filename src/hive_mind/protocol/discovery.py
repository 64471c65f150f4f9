"""How servers announce themselves on the local network: DNS-SD (RFC 6763) over multicast DNS. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hive_mind.protocol.messages import PROTOCOL_VERSION

SERVICE_TYPE = "_hive-mind._tcp.local."
"""What servers announce and clients look for."""

PATH = "/ws"


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server that announces itself.

    Attributes:
        name: what the assistant calls itself.
        addresses: IP addresses, the likeliest first.
        port: TCP port.
        path: of its WebSocket.
        tls: whether it wants `wss`.
        protocol: newest version that it speaks.
    """

    name: str
    addresses: tuple[str, ...]
    port: int
    path: str = PATH
    tls: bool = False
    protocol: int = PROTOCOL_VERSION

    @property
    def url(self) -> str:
        """Address for the settings ("ws://192.168.1.20:8000/ws")."""
        host = self.addresses[0]
        host = f"[{host}]" if ":" in host else host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{self.path}"


def properties(name: str, *, tls: bool = False) -> dict[str, str]:
    """The TXT record of a server."""
    return {"name": name, "path": PATH, "tls": "1" if tls else "0", "protocol": str(PROTOCOL_VERSION)}


def found(
    addresses: Sequence[str], port: int, txt: Mapping[bytes, bytes | None], instance: str
) -> FoundServer | None:
    """A server from what the network says; None when it makes no sense (anybody may announce anything).

    Args:
        addresses: of the host.
        port: of the service.
        txt: its TXT record.
        instance: name of the service instance, where the record has none.
    """
    said = {
        key.decode("utf-8", "replace"): (value or b"").decode("utf-8", "replace")[:200]
        for key, value in txt.items()
    }
    path = said.get("path") or PATH
    protocol = said.get("protocol", "")
    if not addresses or not 0 < port < 65536 or not path.startswith("/") or any(c.isspace() for c in path):
        return None
    ranked = sorted(addresses, key=lambda address: (":" in address, address.startswith("169.254.")))
    return FoundServer(
        name=said.get("name") or instance.removesuffix("." + SERVICE_TYPE),
        addresses=tuple(ranked),
        port=port,
        path=path,
        tls=said.get("tls") == "1",
        protocol=int(protocol) if protocol.isdecimal() and len(protocol) < 6 else PROTOCOL_VERSION,
    )
