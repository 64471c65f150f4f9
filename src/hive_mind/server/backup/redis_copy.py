"""Everything of a house that is in Redis, as lines of JSON: any version of Redis takes it back.

Values stay sealed as they are; streams keep their ids, to which their entries are bound.
"""

import base64
import json
from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from hive_mind.errors import ContextError
from hive_mind.server.core.store import SHORT_LIVED

PREFIX = "hive:"
_BATCH = 200


async def copied(client: Redis) -> list[str]:
    """A line for each key, all as they were at one moment.

    Raises:
        ContextError: Redis is away, or holds what no version of ours has written.
    """
    redis: Any = client
    try:
        # Watched keys make the copy begin anew when one appears or goes between the two looks.
        for _ in range(5):
            keys = sorted([key async for key in redis.scan_iter(match=f"{PREFIX}*")])
            keys = [key for key in keys if not key.startswith(SHORT_LIVED)]
            kinds = [(await redis.type(key)).decode() for key in keys]
            async with redis.pipeline(transaction=True) as pipe:
                for key, kind in zip(keys, kinds, strict=True):
                    _read(pipe, key, kind)
                    pipe.pttl(key)
                    pipe.type(key)
                answers = await pipe.execute()
            if [answers[at].decode() for at in range(2, len(answers), 3)] == kinds:
                break
        else:
            raise ContextError("Redis changes faster than it can be copied.")
    except (RedisError, OSError) as error:
        raise ContextError(f"Redis does not answer ({type(error).__name__}).") from error
    return [
        json.dumps(
            {"key": key.decode(), "kind": kind, "ttl_ms": ttl, "value": _written(kind, value)},
            ensure_ascii=False,
        )
        for key, kind, value, ttl in zip(keys, kinds, answers[::3], answers[1::3], strict=True)
    ]


async def put_back(client: Redis, lines: Iterable[str]) -> int:
    """Replace everything of a house by a copy, at once; answer how many keys.

    Raises:
        ContextError: Redis is away, or the copy is malformed; nothing is changed then.
    """
    redis: Any = client
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
        old = [key async for key in redis.scan_iter(match=f"{PREFIX}*")]
        async with redis.pipeline(transaction=True) as pipe:
            if old:
                pipe.delete(*old)
            for row in rows:
                _write(pipe, str(row["key"]), row["kind"], row["value"])
                if row["ttl_ms"] > 0:
                    pipe.pexpire(row["key"], row["ttl_ms"])
            await pipe.execute()
    except (ValueError, KeyError, TypeError) as error:
        raise ContextError(
            "The copy of Redis is malformed.", code="BACKUP_INVALID", retryable=False
        ) from error
    except (RedisError, OSError) as error:
        raise ContextError(f"Redis does not answer ({type(error).__name__}).") from error
    return len(rows)


async def in_use(client: Redis) -> bool:
    """Whether a house is there already."""
    redis: Any = client
    try:
        async for _ in redis.scan_iter(match=f"{PREFIX}*", count=_BATCH):
            return True
    except (RedisError, OSError) as error:
        raise ContextError(f"Redis does not answer ({type(error).__name__}).") from error
    return False


def _read(pipe: Any, key: bytes, kind: str) -> None:
    match kind:
        case "string":
            pipe.get(key)
        case "stream":
            pipe.xrange(key)
        case "hash":
            pipe.hgetall(key)
        case "set":
            pipe.smembers(key)
        case "zset":
            pipe.zrange(key, 0, -1, withscores=True)
        case "list":
            pipe.lrange(key, 0, -1)
        case _:
            raise ContextError(f"{key.decode()} is a {kind}: this version cannot copy it.")


def _written(kind: str, value: Any) -> Any:
    """A value as JSON."""
    match kind:
        case "string":
            return _text(value)
        case "stream":
            return [[id_.decode(), {k.decode(): _text(v) for k, v in f.items()}] for id_, f in value]
        case "hash":
            return {_text(name): _text(item) for name, item in value.items()}
        case "zset":
            return [[_text(item), score] for item, score in value]
        case _:
            return [_text(item) for item in value]


def _write(pipe: Any, key: str, kind: str, value: Any) -> None:
    if not key.startswith(PREFIX):
        raise ValueError("a key of somebody else")
    match kind:
        case "string":
            pipe.set(key, _bytes(value))
        case "stream":
            for id_, fields in value:
                pipe.xadd(key, {name: _bytes(item) for name, item in fields.items()}, id=id_)
        case "hash":
            pipe.hset(key, mapping={_bytes(name): _bytes(item) for name, item in value.items()})
        case "set":
            pipe.sadd(key, *(_bytes(item) for item in value))
        case "zset":
            pipe.zadd(key, {_bytes(item): score for item, score in value})
        case "list":
            pipe.rpush(key, *(_bytes(item) for item in value))
        case _:
            raise ValueError("a kind of value that is not known here")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
