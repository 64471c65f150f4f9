"""Looks at the house when somebody asks for the metrics."""

import asyncio
import time
from typing import TYPE_CHECKING

import psutil

from hive_mind.errors import ContextError
from hive_mind.server.core.llm import worker
from hive_mind.server.core.metrics.word_errors import load_sample, sample_path

if TYPE_CHECKING:
    from hive_mind.server.core.house import House


_NOT_MEANT = ("disabled", "needs_config")


async def scrape(house: "House") -> bytes:
    """All metrics, as they are now."""
    meters = house.meters
    remotes = list(house.remotes.values())
    plugins = house.plugins.host.describe()
    speech = house.speech
    meters.clients.set(house.connections)
    meters.sessions.set(len(remotes))
    meters.unsaved.set(house.context.unsaved)
    meters.look(
        {
            "ears": speech.ears.waiting,
            "stt": speech.recogniser.waiting,
            "tts": speech.voice.waiting,
            "outgoing": sum(remote.link.waiting for remote in remotes if remote.link is not None),
            "redis": house.context.unsaved,
        },
        {
            "context": house.context.available,
            "llm": house.model.state == "ready",
            "speech": speech.state in ("ready", "idle"),
        },
        {n: told["state"] == "ready" for n, told in plugins.items() if told["state"] not in _NOT_MEANT},
    )
    await _look_at_redis(house)
    meters.model_memory.labels("speech").set(speech.memory_bytes)
    meters.model_memory.labels("llm").set(await asyncio.to_thread(_worker_bytes))
    sample = await asyncio.to_thread(load_sample, sample_path(house.config.data_path))
    for room, score in sample.rooms.items():
        meters.words.labels(room).set(score.words)
        meters.word_errors.labels(room).set(score.errors)
    return meters.exposition()


async def _look_at_redis(house: "House") -> None:
    meters = house.meters
    begun = time.monotonic()
    try:
        health = await house.context.fields.health()
    except ContextError:
        meters.redis_up.set(0)
        return
    meters.redis_up.set(1)
    meters.redis_ping.set(time.monotonic() - begun)
    meters.redis_memory.set(health.memory_bytes)
    meters.redis_disk.set(health.writes)
    meters.entries.set(health.entries)


def _worker_bytes() -> int:
    """Memory of the process in which a language model of ours lives; 0 when there is none."""
    found = 0
    for child in psutil.Process().children():
        try:
            if worker.__name__ in child.cmdline():
                found += child.memory_info().rss
        except psutil.Error:
            continue
    return found
