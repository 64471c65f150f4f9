"""A client of Redis for the house."""

import asyncio
from collections.abc import Iterable
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

_CONNECTIONS = 32
_CONNECTION_S = 5.0


def connect(url: str, password: str | None = None) -> Redis:
    """A client that gives up within seconds, so that a lost Redis never holds a turn.

    Args:
        url: `redis://`, `rediss://` (with `?ssl_ca_certs=FILE&ssl_certfile=FILE&ssl_keyfile=FILE`) or `unix://`.
        password: where the address holds none.
    """
    more: dict[str, Any] = {} if password is None else {"password": password}
    # Who finds all connections taken waits for one: a house of five hundred clients needs no five hundred.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=_CONNECTION_S,
        socket_connect_timeout=2.0,
        socket_timeout=2.0,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[ConnectionError],
        health_check_interval=0,
        **more,
    )
    pool.connection_class = _hearing(pool.connection_class)
    client: Redis = Redis.from_pool(pool)
    return client


def _hearing(kind: Any) -> Any:
    """A kind of connection that hears when its task is cancelled, whenever that is.

    redis-py sends with `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that comes in the
    moment in which it ends: the task would go on for ever. Without a time limit of its own it does not.
    """

    class Hearing(kind):  # type: ignore[misc]
        socket_timeout: float | None

        async def send_packed_command(
            self, command: bytes | str | Iterable[bytes], check_health: bool = True
        ) -> None:
            limit, self.socket_timeout = self.socket_timeout, None
            try:
                async with asyncio.timeout(limit):
                    await super().send_packed_command(command, check_health)
            finally:
                self.socket_timeout = limit

    return Hearing
