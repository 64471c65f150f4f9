"""A server that announces itself is found by a client on the same network (here: the loopback interface)."""

import asyncio

import pytest

from hive_mind.client.discovery import find_servers
from hive_mind.server.core.advertising import advertised, reachable

LOOPBACK = ["127.0.0.1"]


def test_an_announced_server_is_found_and_is_gone_when_it_leaves() -> None:
    async def scene() -> None:
        async with advertised("Alison", 8123, interfaces=LOOPBACK):
            servers = await find_servers(10, first=True, interfaces=LOOPBACK)
            assert [(s.name, s.url) for s in servers] == [("Alison", "ws://127.0.0.1:8123/ws")]
        assert await find_servers(0.5, interfaces=LOOPBACK) == []

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("host", "others"), [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True)]
)
def test_a_server_of_this_machine_alone_is_not_announced(host: str, others: bool) -> None:
    assert reachable(host) is others
