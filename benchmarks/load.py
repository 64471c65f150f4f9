"""How many can talk to one server: turns/s, latency, memory with many WebSocket clients, beside a bare echo.

    ./hive bench load [--clients 1,10,50,200,500] [--seconds 5] [--age CLIENTS] [--two] [--secured]

Clients speak the specification's JSON and give text commands. Two phases: `flat out`, each asks again as
soon as it is answered (but not faster than the rate limit allows), gives turns/s; `paced`, each asks once a
second, gives the latency. The echo is a bare ASGI application under the same uvicorn, asked by the same
clients in the same run. `--secured` adds the same server with TLS and a paired client's token; `--url` and
`--header` measure a server that runs already.
"""

import argparse
import asyncio
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load_client import connected, flat_out, paced
from hive_mind.crypto import Vault, load_key
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.identity import Rights
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import runtime_dir
from hive_mind.server.core.store import ContextStore

PAIRED = "banc"
"""Name of the paired client, whose parts (`banc:…`) speak with its token."""

LEAST_S = 1 / 18
"""Between two questions of one client: its rate limit is 20 a second."""

ECHO = """
import asyncio, sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})
more = {"ws": "websockets-sansio", "ws_per_message_deflate": False, "log_level": "error", "lifespan": "off"}
uvicorn.run(app, port=int(sys.argv[1]), **more)
"""


def free_port() -> int:
    """A TCP port that nobody uses now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def echo_server() -> Iterator[tuple[str, psutil.Process]]:
    """A bare echo in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", ECHO, str(port)])
    try:
        time.sleep(1.5)
        yield f"ws://127.0.0.1:{port}/", psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


@contextmanager
def hive_server(data: Path, **settings: str) -> Iterator[tuple[str, psutil.Process]]:
    """The server as it ships, without a language model, in a process of its own."""
    with _process(data, settings) as (port, process):
        _wait_until_loaded(port, {})
        _wait_until_calm(process)
        yield f"ws://127.0.0.1:{port}/ws", process


@contextmanager
def secured_server(data: Path) -> Iterator[tuple[str, psutil.Process, dict[str, Any]]]:
    """The same with TLS, where this machine is let in no more than others: a client is paired."""
    settings = {"HIVE_MIND_TLS": "on", "HIVE_MIND_TRUST_LOOPBACK": "false"}
    with _process(data, settings) as (port, process):
        with ThreadPoolExecutor() as pool:  # somebody else's loop runs in this thread
            token = pool.submit(asyncio.run, paired(data)).result()
        _wait_until_loaded(port, {"Authorization": f"Bearer {token}"})
        _wait_until_calm(process)
        how = {
            "trust": ssl.create_default_context(cafile=str(data / "tls" / "ca.pem")),
            "header": f"Authorization: Bearer {token}\r\n",
            "name": f"{PAIRED}:",
        }
        yield f"wss://127.0.0.1:{port}/ws", process, how


@contextmanager
def _process(data: Path, settings: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    env = os.environ | {
        "HIVE_MIND_LLM_ENGINE": "none",
        "HIVE_MIND_MAX_CLIENTS": "2000",
        "HIVE_MIND_HOUSE_MESSAGES_S": "0",
        "HIVE_MIND_LOG_LEVEL": "warning",
        "HIVE_MIND_PLUGINS": str(data / "plugins"),
        **settings,
    }
    port = free_port()
    command = [sys.executable, "-m", "hive_mind", "serve", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_loaded(port: int, headers: dict[str, str]) -> None:
    for _ in range(300):
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/health", headers=headers)
            with urllib.request.urlopen(request, timeout=1) as reply:
                plugins = json.load(reply).get("plugins", {})
            if len(plugins) >= 5 and all(plugin["state"] != "loading" for plugin in plugins.values()):
                return
        except OSError:
            pass
        time.sleep(0.1)


def _wait_until_calm(process: psutil.Process) -> None:
    """The grammar of the plugins is still being worked out."""
    for _ in range(60):
        if process.cpu_percent(1.0) < 15:
            return


async def paired(data: Path) -> str:
    """Pair a client with a server that starts there; its token."""
    socket, key = runtime_dir(data) / "redis.sock", data / "context.key"
    while not (socket.exists() and key.exists()):  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.1)
    store = ContextStore(connect(f"unix://{socket}"), Vault(load_key(None, key)), 8.0)
    desk = Desk(store, lambda work: work.close())
    await desk.start()
    now = datetime.now(UTC)
    await desk.change(lambda register: (register.let_in(PAIRED, "Banc d'essai", None, Rights(), now), None))
    await store.close()
    return desk.register.tokens_of(PAIRED, now).access


async def preload(socket: str, key: bytes, days: int, turns_a_day: int) -> None:
    """A conversation of so many days."""
    store = ContextStore(connect(f"unix://{socket}"), Vault(key), 8.0)
    began = datetime.now(UTC) - timedelta(days=days)
    for number in range(days * turns_a_day):
        at = began + timedelta(seconds=number * 86400 / turns_a_day)
        for role in ("user", "assistant"):
            text = (
                f"Quelle est la capitale numéro {number} ?" if role == "user" else "C'est une bonne question."
            )
            entry = Entry(role=role, text=text, timestamp=at, client_id="old", turn_id=f"t-{number}")
            await store.append(entry)
    await store.close()


def percentile(took: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(took)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def measure(
    urls: list[str],
    processes: list[psutil.Process],
    count: int,
    seconds: float,
    *,
    echo: bool = False,
    **how: Any,
) -> dict[str, float]:
    """Both phases with so many clients."""
    before = sum(p.memory_info().rss for p in processes)
    talkers, sockets = await connected(urls, count, echo=echo, **how)
    await asyncio.gather(*(t.ask() for t in talkers))
    grown = sum(p.memory_info().rss for p in processes) - before
    cpu = sum(sum(p.cpu_times()[:2]) for p in processes)
    rate, took = await flat_out(talkers, seconds, LEAST_S)
    used = sum(sum(p.cpu_times()[:2]) for p in processes) - cpu
    await asyncio.sleep(1.0)
    calm = await paced(talkers, seconds, 1.0)
    refused = sum(t.refused for t in talkers)
    for socket in sockets:
        socket.close()
    await asyncio.sleep(0.5)
    return {
        "clients": count,
        "turns_per_s": round(rate, 1),
        "cpu_ms_per_turn": round(1000 * used / max(1, len(took)), 3),
        "flat_p50_ms": round(percentile(took, 0.5), 2),
        "flat_p99_ms": round(percentile(took, 0.99), 2),
        "paced_p50_ms": round(percentile(calm, 0.5), 2),
        "paced_p99_ms": round(percentile(calm, 0.99), 2),
        "kib_per_client": round(grown / 1024 / count, 1),
        "refused": refused,
    }


def show(name: str, row: dict[str, float]) -> None:
    """A line of the table."""
    print(
        f"{name:<16}{row['clients']:>7.0f}{row['turns_per_s']:>10.1f}{row['cpu_ms_per_turn']:>9.2f}"
        f"{row['flat_p50_ms']:>9.1f}{row['flat_p99_ms']:>9.1f}{row['paced_p50_ms']:>9.2f}{row['paced_p99_ms']:>9.2f}"
        f"{row['kib_per_client']:>9.1f}{row['refused']:>8.0f}",
        flush=True,
    )


async def run(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Everything that was asked for."""
    counts = [int(part) for part in asked.clients.split(",")]
    rows: list[dict[str, Any]] = []
    head = ("turns/s", "CPU ms", "flat p50", "p99", "paced p50", "p99", "KiB/cl.", "refused")
    print(
        f"{'':<16}{'clients':>7}"
        + "".join(f"{h:>{w}}" for h, w in zip(head, (10, 9, 9, 9, 9, 9, 9, 8), strict=True))
    )

    async def _each(what: str, urls: list[str], processes: list[psutil.Process], **how: Any) -> None:
        for count in counts:
            row = await measure(urls, processes, count, asked.seconds, **how)
            rows.append({"what": what, **row})
            show(what, row)

    if asked.url:
        trust = ssl.create_default_context(cafile=asked.ca) if asked.url.startswith("wss") else None
        await _each("given server", [asked.url], [], trust=trust, header=asked.header)
        return rows
    with echo_server() as (url, process):
        await _each("uvicorn echo", [url], [process], echo=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url, process = stack.enter_context(hive_server(Path(folder)))
        await _each("one server", [url], [process])
        if asked.two:
            second, other = stack.enter_context(hive_server(Path(folder)))
            await _each("two, one Redis", [url, second], [process, other])
    if asked.secured:
        with tempfile.TemporaryDirectory() as folder, secured_server(Path(folder)) as (url, process, how):
            await _each("TLS and tokens", [url], [process], **how)
    if asked.age:
        with tempfile.TemporaryDirectory() as folder, hive_server(Path(folder)) as (url, process):
            key, socket = (
                load_key(None, Path(folder) / "context.key"),
                runtime_dir(Path(folder)) / "redis.sock",
            )
            done = 0
            for days in (0, 1, 7):
                await preload(str(socket), key, days - done, 1000)
                done = days
                row = await measure([url], [process], asked.age, asked.seconds)
                rows.append({"what": f"{days} days", **row})
                show(f"{days} days × 1000", row)
    return rows


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", default="1,10,50,200,500")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--two", action="store_true", help="also two servers on one Redis")
    parser.add_argument("--secured", action="store_true", help="also with TLS and a token")
    parser.add_argument(
        "--age", type=int, default=0, metavar="CLIENTS", help="also conversations of 0, 1, 7 days"
    )
    parser.add_argument("--url", help="of a server that runs already")
    parser.add_argument("--header", default="", help="a header line of the handshake, ending in \\r\\n")
    parser.add_argument("--ca", help="authority of its certificate")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    asked.header = asked.header.encode().decode("unicode_escape")
    rows = asyncio.run(run(asked))
    by = {(row["what"], row["clients"]): row["turns_per_s"] for row in rows}
    for (what, count), rate in by.items():
        if what == "one server" and ("uvicorn echo", count) in by:
            print(f"{count} clients: {rate / by['uvicorn echo', count]:.2f} of the echo")
    print(json.dumps(rows))
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
