"""Fuzzes the wire: `./hive bench fuzz_frames --frames 1000000`.

Three parts, one report: the codec and the session alone, most frames; a connection of a real house with its
turns, plugins and Redis, without a socket and without its rate limit; and real sockets. A crash is any
exception that is not an answer; a hang, any frame that takes longer than a second; a leak, memory that goes
on growing.
"""

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import websockets
from starlette.websockets import WebSocket

from benchmarks.fuzzing import Fuzzer
from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import check_audio, decode_client
from hive_mind.protocol.limits import RateLimiter
from hive_mind.protocol.messages import Hello
from hive_mind.protocol.server_session import ServerSession
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.house import House
from hive_mind.server.core.websocket import Connection
from hive_mind.server.logs import set_up_logs
from hive_mind.server.run import HiveServer, serve

HANG_S = 1.0
PER_SESSION = 500
PER_SOCKET = 60


@dataclass
class Report:
    """What came of one part.

    Attributes:
        frames: that were sent.
        crashes: exceptions that were no answer, by their name.
        slowest_s: the longest that one frame had the processor.
        codes: answers by code.
        seconds: all of it.
        memory_mib: what the process held, after each tenth.
    """

    frames: int = 0
    crashes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    memory_mib: list[float] = field(default_factory=list)

    @property
    def grown_mib(self) -> float:
        """In the second half."""
        return self.memory_mib[-1] - self.memory_mib[len(self.memory_mib) // 2] if self.memory_mib else 0.0


def fuzz_codec(frames: int, seed: int) -> Report:
    """The codec and the session."""
    fuzzer, report, memory = Fuzzer(seed), Report(frames), Memory(frames)
    began = time.perf_counter()
    session = ServerSession("s")
    for n in range(frames):
        frame = fuzzer.frame()
        if n % PER_SESSION == 0:
            session = ServerSession("s")
        start = time.thread_time()
        try:
            if isinstance(frame, bytes):
                check_audio(frame)
            else:
                message = decode_client(frame)
                if isinstance(message, Hello):
                    session.on_hello(message, None)
                else:
                    session.on_message(message)
        except ProtocolError as error:
            report.codes[error.code] += 1
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            report.crashes[f"{type(error).__name__}: {str(error)[:80]}"] += 1
        report.slowest_s = max(report.slowest_s, time.thread_time() - start)
        memory.look(n)
    report.seconds, report.memory_mib = time.perf_counter() - began, memory.held
    return report


async def fuzz_house(house: House, frames: int, seed: int) -> Report:
    """Connections of a real house, fed without a socket."""
    fuzzer, report, memory = Fuzzer(seed), Report(), Memory(frames)
    began = time.perf_counter()
    while report.frames < frames:
        todo = min(PER_SESSION, frames - report.frames)
        feed = Feed([fuzzer.frame() for _ in range(todo)], report)
        scope = {
            "type": "websocket", "scheme": "ws", "path": "/ws", "query_string": b"", "extensions": {},
            "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        unlimited = (RateLimiter(1e9, 1e9), RateLimiter(1e9, 1e9))
        connection = Connection(WebSocket(scope, feed.receive, feed.send), house, unlimited)
        try:
            await connection.run()
        except* Exception as group:  # noqa: BLE001 - that is what is looked for
            for error in group.exceptions:
                report.crashes[f"{type(error).__name__}: {str(error)[:80]}"] += 1
        report.frames += todo
        memory.look(report.frames - 1)
    report.seconds, report.memory_mib = time.perf_counter() - began, memory.held
    return report


class Feed:
    """The ASGI end of a socket that has these frames to say."""

    def __init__(self, frames: list[str | bytes], report: Report) -> None:
        self._frames = frames[::-1]
        self._report = report
        self._connected = False
        self._given = 0.0

    async def receive(self) -> dict[str, Any]:
        """The next event."""
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        now = time.thread_time()
        if self._given:
            self._report.slowest_s = max(self._report.slowest_s, now - self._given)
        await asyncio.sleep(0)  # so that writer and turns have their share
        if not self._frames:
            return {"type": "websocket.disconnect", "code": 1000}
        frame = self._frames.pop()
        self._given = time.thread_time()
        kind = "bytes" if isinstance(frame, bytes) else "text"
        return {"type": "websocket.receive", kind: frame}

    async def send(self, message: Any) -> None:
        """Count the answers."""
        text = message.get("text")
        if text and '"type":"error"' in text:
            self._report.codes[json.loads(text)["code"]] += 1


async def fuzz_sockets(url: str, frames: int, seed: int) -> Report:
    """Real sockets, one after the other; between them a good client asks the time, and is answered."""
    fuzzer, report, memory = Fuzzer(seed), Report(), Memory(frames)
    began = time.perf_counter()
    while report.frames < frames:
        todo = min(PER_SOCKET, frames - report.frames)
        with contextlib.suppress(websockets.ConnectionClosed):
            async with websockets.connect(url, max_size=None, compression=None) as ws:
                for _ in range(todo):
                    frame = fuzzer.frame()
                    await ws.send(
                        frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace").decode()
                    )
        report.frames += todo
        start = time.thread_time()
        await still_answers(url)
        report.slowest_s = max(report.slowest_s, time.thread_time() - start)
        memory.look(report.frames - 1)
    report.seconds, report.memory_mib = time.perf_counter() - began, memory.held
    return report


async def still_answers(url: str) -> None:
    """Raise unless the server answers somebody who is well-behaved."""
    async with asyncio.timeout(30), websockets.connect(url) as ws:
        await ws.recv()
        ping = {
            "type": "ping",
            "client_id": "good",
            "state": "connected",
            "timestamp": "2026-01-01T00:00:00Z",
        }
        await ws.send(json.dumps(ping))
        while json.loads(await ws.recv())["type"] != "pong":
            continue


class Memory:
    """What the process holds after each tenth of its work: it is to stop growing.

    Args:
        steps: of the work.
    """

    def __init__(self, steps: int) -> None:
        self._each = max(1, steps // 10)
        self._process = psutil.Process()
        self.held: list[float] = []
        """MiB."""

    def look(self, step: int) -> None:
        """A step was done."""
        if (step + 1) // self._each > len(self.held):
            self.held.append(round(self._process.memory_info().rss / 2**20, 1))


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[HiveServer, str]]:
    """A real server, without a language model and without speech."""
    config = ServerConfig(data=folder, port=0, llm_engine="none", speech="off", announce=False)
    started: asyncio.Future[tuple[str, HiveServer]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(config, on_start=lambda *told: started.set_result(told)))
    waiting: set[asyncio.Future[Any]] = {task, started}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    address, server = started.result()
    try:
        yield server, address.replace("http", "ws", 1) + "/ws"
    finally:
        await server.leave()
        await task


async def fuzz(frames: int, seed: int) -> dict[str, Report]:
    """All three parts: of a thousand frames, fifty go through a house and two through a socket."""
    reports = {"codec": fuzz_codec(frames - frames // 20 - frames // 500, seed)}
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as (server, url):
            reports["house"] = await fuzz_house(server.house, frames // 20, seed + 1)
            reports["socket"] = await fuzz_sockets(url, frames // 500, seed + 2)
    return reports


def main() -> None:
    """Print a table and a JSON line; exit 1 on a crash or a hang."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    set_up_logs("error", "json")
    reports = asyncio.run(fuzz(chosen.frames, chosen.seed))
    print(f"{'part':8}{'frames':>10}{'s':>8}{'crashes':>9}{'slowest ms':>12}{'2nd half MiB':>14}")
    for name, report in reports.items():
        crashes, slowest = report.crashes.total(), 1000 * report.slowest_s
        print(
            f"{name:8}{report.frames:>10}{report.seconds:>8.1f}{crashes:>9}{slowest:>12.1f}{report.grown_mib:>14.1f}"
        )
        print(f"  MiB after each tenth: {' '.join(f'{held:.0f}' for held in report.memory_mib)}")
        for crash, times in report.crashes.most_common(5):
            print(f"  {times} × {crash}")
    told = {
        name: {
            "frames": r.frames,
            "crashes": r.crashes.total(),
            "slowest_ms": round(1000 * r.slowest_s, 1),
            "memory_mib": r.memory_mib,
            "codes": dict(r.codes.most_common()),
        }
        for name, r in reports.items()
    }
    print(json.dumps({"benchmark": "fuzz_frames", "seed": chosen.seed, **told}))
    if any(r.crashes or r.slowest_s > HANG_S for r in reports.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
