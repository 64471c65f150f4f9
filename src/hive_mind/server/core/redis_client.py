"""A client of Redis for the house."""

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
    client: Redis = Redis.from_pool(pool)
    return client
