"""A client of Redis for the house."""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def connect(url: str, password: str | None = None) -> Redis:
    """A client that gives up within seconds, so that a lost Redis never holds a turn.

    Args:
        url: `redis://`, `rediss://` (with `?ssl_ca_certs=FILE&ssl_certfile=FILE&ssl_keyfile=FILE`) or `unix://`.
        password: where the address holds none.
    """
    more: dict[str, Any] = {} if password is None else {"password": password}
    client: Redis = Redis.from_url(
        url,
        socket_connect_timeout=2.0,
        socket_timeout=2.0,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[ConnectionError],
        health_check_interval=0,
        **more,
    )
    return client
