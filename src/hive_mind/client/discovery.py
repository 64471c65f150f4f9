"""Finding servers of the house by multicast DNS."""

import asyncio
from collections.abc import Sequence

import structlog
from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from hive_mind.errors import LinkError
from hive_mind.protocol.discovery import SERVICE_TYPE, FoundServer, found

PATIENCE_S = 3.0
"""A server on the same network answers within a second or two."""

MOST = 16
"""Announcements that are looked at; a network with more has something wrong with it."""

_log = structlog.get_logger(__name__)


async def find_servers(
    timeout_s: float = PATIENCE_S, *, first: bool = False, interfaces: Sequence[str] | None = None
) -> list[FoundServer]:
    """Servers that announce themselves, each once; an empty list where there is no network.

    Args:
        timeout_s: how long to listen.
        first: be content with one.
        interfaces: addresses of the network cards to ask on; None asks on all.
    """
    names: asyncio.Queue[str] = asyncio.Queue(MOST)

    def _changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        del zeroconf, service_type
        if state_change is ServiceStateChange.Added and not names.full():
            names.put_nowait(name)

    servers: dict[str, FoundServer] = {}
    try:
        network = AsyncZeroconf(interfaces=InterfaceChoice.All if interfaces is None else list(interfaces))
    except OSError as error:
        _log.info("no multicast here", cause=error.strerror)
        return []
    browser = AsyncServiceBrowser(network.zeroconf, SERVICE_TYPE, handlers=[_changed])
    try:
        async with asyncio.timeout(timeout_s):
            while not (first and servers):
                name = await names.get()
                info = AsyncServiceInfo(SERVICE_TYPE, name)
                if await info.async_request(network.zeroconf, int(timeout_s * 1000)) and info.port:
                    addresses = info.parsed_scoped_addresses(IPVersion.All)
                    if server := found(addresses, info.port, info.properties, name):
                        servers[name] = server
    except TimeoutError:
        pass
    finally:
        await browser.async_cancel()
        await network.async_close()
    return list(servers.values())


async def the_server(timeout_s: float = PATIENCE_S) -> str:
    """Address of the first server that answers.

    Raises:
        LinkError: SERVER_NOT_FOUND.
    """
    servers = await find_servers(timeout_s, first=True)
    if not servers:
        raise LinkError(
            "No server announces itself on this network: start one with ./hive up --host 0.0.0.0, or set its "
            "address (server in client.toml, HIVE_MIND_CLIENT_SERVER).",
            code="SERVER_NOT_FOUND",
        )
    return servers[0].url
