"""The Redis of a house for its own tools: the configured one, or the embedded one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from redis.asyncio import Redis

from hive_mind.server.config import ServerConfig
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import EmbeddedRedis


@asynccontextmanager
async def house_redis(config: ServerConfig) -> AsyncIterator[Redis]:
    """A client. The embedded Redis goes on if a server uses it, and is shut down after us otherwise.

    Raises:
        ConfigError: REDIS_MISSING, DATA_NOT_WRITABLE.
        ContextError: it does not start.
    """
    async with AsyncExitStack() as stack:
        url = config.redis_url
        if url is None:
            embedded = EmbeddedRedis(config.data_path)
            stack.push_async_callback(embedded.stop)
            await embedded.start()
            url = f"unix://{embedded.socket}"
        password = config.redis_password.get_secret_value() if config.redis_password else None
        client = connect(url, password)
        stack.push_async_callback(client.aclose)
        yield client
