"""Announcing this server on the local network, so that clients find it by themselves."""

import ipaddress
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import psutil
from zeroconf import Error, InterfaceChoice
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from hive_mind.protocol.discovery import SERVICE_TYPE, properties
from hive_mind.server.logs import get_logger


def reachable(host: str) -> bool:
    """Whether other machines can reach a server that listens there: only then it is announced."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host not in ("", "localhost")


@asynccontextmanager
async def advertised(
    name: str, port: int, *, tls: bool = False, interfaces: Sequence[str] | None = None
) -> AsyncIterator[None]:
    """Announce the server while in this context; a network without multicast is logged, and no fault.

    Args:
        name: what the assistant calls itself.
        port: where it listens.
        tls: whether it wants `wss`.
        interfaces: addresses of the network cards to announce on; None means all.
    """
    log = get_logger("advertising")
    network = None
    try:
        network = AsyncZeroconf(interfaces=InterfaceChoice.All if interfaces is None else list(interfaces))
        host = socket.gethostname().split(".")[0] or "hive-mind"
        info = AsyncServiceInfo(
            SERVICE_TYPE,
            f"{name} ({host}-{port}).{SERVICE_TYPE}",
            port=port,
            server=f"{host}.local.",
            parsed_addresses=list(interfaces or home_addresses()),
            properties=properties(name, tls=tls),
        )
        await network.async_register_service(info)
    except (OSError, Error) as error:
        log.warning("not announced on the network", cause=str(error) or type(error).__name__)
    try:
        yield
    finally:
        if network is not None:
            await network.async_unregister_all_services()
            await network.async_close()


def home_addresses() -> list[str]:
    """The addresses of this machine that others may reach."""
    found = [
        address.address.split("%")[0]
        for card in psutil.net_if_addrs().values()
        for address in card
        if address.family in (socket.AF_INET, socket.AF_INET6)
    ]
    return [a for a in found if not (ip := ipaddress.ip_address(a)).is_loopback and not ip.is_link_local]
