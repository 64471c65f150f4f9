"""What a house survives in operation. Each test prints what was lost and how long it hurt (`pytest -s`)."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
import websockets

from hive_mind.cli.part_checks import check_redis_file
from hive_mind.crypto import Vault, load_key
from hive_mind.protocol.messages import Announce
from hive_mind.server.core.context import Context
from hive_mind.server.core.ending import end
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.llm.fallback import FallbackModel
from hive_mind.server.core.llm.openai import OpenAiModel
from hive_mind.server.core.memory_limit import bytes_used
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import EmbeddedRedis, runtime_dir
from hive_mind.server.core.store import ContextStore
from tests.fakes.openai_server import openai_server
from tests.fakes.plugin_folder import write_plugin
from tests.fakes.proxy import proxy
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.server_process import server_process
from tests.fakes.steady_client import SteadyClient
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.waits]

CLIENTS, EACH = 8, 20


def told(what: str, lost: int, hurt_s: float, more: str = "") -> None:
    print(f"\n{what}: {lost} lost, it hurt for {hurt_s:.2f} s{more}")


def questions(name: str) -> list[str]:
    """All different, so that one that is there twice is seen."""
    return [f"Combien font {number} plus {int(name[1:])} ?" for number in range(EACH)]


def check(clients: list[SteadyClient], users: list[str]) -> int:
    """Nothing lost and nothing doubled; how many turns there were."""
    assert [(c.name, c.lost) for c in clients if c.lost] == []
    for client in clients:
        for number, answer in enumerate(client.answers.values()):
            assert str(number + int(client.name[1:])) in answer, (client.name, answer)
    asked = [q for client in clients for q in client.answers]
    assert sorted(users) == sorted(asked)
    return len(asked)


async def conversation(data: Path) -> list[Entry]:
    """What Redis holds of it."""
    store = ContextStore(
        connect(f"unix://{runtime_dir(data) / 'redis.sock'}"), Vault(load_key(None, data / "context.key")), 7
    )
    try:
        return [stored.entry for stored in await store.between(None, None)]
    finally:
        await store.close()


async def test_redis_killed_under_load(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        clients = [SteadyClient(f"c{number}", running.ws) for number in range(CLIENTS)]
        begun = [asyncio.Event() for _ in clients]
        lives = [
            asyncio.create_task(c.live(questions(c.name), e)) for c, e in zip(clients, begun, strict=True)
        ]
        for event in begun:
            await event.wait()
        context = running.house.context
        pid = int((tmp_path / "redis" / "redis.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        await asyncio.gather(*lives)
        await eventually(lambda: context.available and not context.unsaved)
        back = time.monotonic() - began
        stored = await context.between(None, None)
    turns = check(clients, [entry.text for entry in stored if entry.role == "user"])
    assert turns == CLIENTS * EACH and len(stored) == 2 * turns
    told("Redis killed under load", 0, back, f", slowest answer {max(c.slowest_s for c in clients):.2f} s")


async def test_redis_hangs_for_a_while(tmp_path: Path) -> None:
    redis = EmbeddedRedis(tmp_path)
    await redis.start()
    context = Context(ContextStore(connect(f"unix://{redis.socket}"), Vault(bytes(32)), 7), redis.ensure)
    await context.start()
    running = asyncio.create_task(context.run())
    pid = int((tmp_path / "redis" / "redis.pid").read_text())
    texts = [f"Message {number}" for number in range(20)]
    said = {"role": "user", "client_id": "salon", "turn_id": "t"}
    entries = [Entry.model_validate({**said, "text": t, "timestamp": datetime.now(UTC)}) for t in texts]
    joined = asyncio.Event()
    context.on_joined = joined.set
    await joined.wait()
    await context.append(entries[0])
    os.kill(pid, signal.SIGSTOP)
    asyncio.get_running_loop().call_later(2.5, os.kill, pid, signal.SIGCONT)
    began = time.monotonic()
    # Whoever waits for longer than two seconds sends the same again: both arrive when it wakes up.
    await asyncio.gather(*map(context.append, entries[1:]))
    await eventually(lambda: context.available and not context.unsaved)
    hurt = time.monotonic() - began
    assert [entry.text for entry in await context.between(None, None)] == texts
    await end({running})
    await context.fields.close()
    await redis.stop()
    told("Redis hangs for 2.5 s", 0, hurt)


async def test_one_of_two_servers_killed_under_load(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        started = [stack.enter_async_context(server_process(tmp_path)) for _ in range(2)]
        (one, first), (_, second) = await asyncio.gather(*started)
        ports = (urlsplit(url).port or 0 for url in (first, second))
        way = await stack.enter_async_context(proxy(*ports))
        clients = [SteadyClient(f"c{number}", f"ws://127.0.0.1:{way.port}/ws") for number in range(CLIENTS)]
        begun = [asyncio.Event() for _ in clients]
        lives = [
            asyncio.create_task(c.live(questions(c.name), e)) for c, e in zip(clients, begun, strict=True)
        ]
        for event in begun:
            await event.wait()
        one.kill()
        killed = time.monotonic()
        await eventually(lambda: any(not c.link.connected for c in clients), within=20)
        await eventually(
            lambda: all(c.link.connected or task.done() for c, task in zip(clients, lives, strict=True)), 20
        )
        back = time.monotonic() - killed
        await asyncio.gather(*lives)
        stored = await conversation(tmp_path)
    check(clients, [entry.text for entry in stored if entry.role == "user"])
    told("one of two servers killed", 0, back, f", slowest answer {max(c.slowest_s for c in clients):.2f} s")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", str(place)], check=False
    )
    if made.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


async def test_the_disk_is_full(small_disk: Path) -> None:
    async with running_server(small_disk, ScriptedModel()) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
        (small_disk / "ballast").write_bytes(b"")
        with (small_disk / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        began = time.monotonic()
        # A Redis that cannot write its file refuses or ends; the turns go on from memory.
        for number in range(6):
            _, end = await client.ask(f"Combien font {number} plus 2 ?")
            assert end["outcome"] == "completed"
        (small_disk / "ballast").unlink()
        context = running.house.context
        await eventually(lambda: context.available and not context.unsaved, within=30)
        hurt = time.monotonic() - began
        users = [entry.text for entry in await context.between(None, None) if entry.role == "user"]
    assert users == ["Je m'appelle Alice.", *(f"Combien font {number} plus 2 ?" for number in range(6))]
    told("disk full", 0, hurt)


HANDLERS = {
    "pend": "import asyncio\nasync def go(): await asyncio.sleep(3600)",
    "fuit": "KEPT = []\nasync def go():\n    KEPT.append(b'x' * 20_000_000)\n"
    "    return {'success': True, 'kept': len(KEPT)}",
    "casse": "async def go(): raise SystemExit(3)",
}


def bad_plugin(parent: Path, name: str, body: str) -> None:
    handler = (
        f"from hive_mind.server.core.plugin import Plugin\n{body}\n"
        f"class {name.capitalize()}Plugin(Plugin):\n"
        "    async def execute(self, intent, params):\n        return await go()\n"
        "    def get_prompt_context(self):\n        return ''\n"
    )
    write_plugin(
        parent,
        name,
        handler=handler,
        sentences=f'intent: {name}_go\nsentences:\n  - "essaie {name}"\n',
        replies=f'{name}_go = "Voilà."\n',
        intents=[f"{name}_go"],
        triggers=[name],
        timeout_s=0.5,
    )


async def test_plugins_that_hang_leak_and_crash(tmp_path: Path) -> None:
    for name, body in HANDLERS.items():
        bad_plugin(tmp_path / "plugins", name, body)
    async with running_server(tmp_path, ScriptedModel()) as running, TextClient(running.ws) as client:
        host = running.house.plugins.host
        await eventually(
            lambda: all(running.house.grammar.match(f"essaie {name}") for name in HANDLERS), within=60
        )
        worst = 0.0
        for _ in range(3):
            for name in HANDLERS:
                began = time.monotonic()
                _, end = await client.ask(f"Essaie {name}")
                worst = max(worst, time.monotonic() - began)
                assert end["outcome"] == "completed" or end["outcome"] == "failed"
        memory = running.house.memory
        memory.most = bytes_used() - 30_000_000  # what was leaked is too much by half
        await memory.look()
        async with websockets.connect(running.ws) as late:
            assert [json.loads(await late.recv()).get("code") for _ in range(2)] == [None, "TOO_MANY_CLIENTS"]
        states = {name: host.describe()[name]["state"] for name in HANDLERS}
        assert states["pend"] == states["casse"] == "quarantined"
        _, end = await client.ask("Quelle heure est-il ?")
        assert end["outcome"] == "completed"
        failed = running.house.meters.registry.get_sample_value(
            "hive_mind_plugin_calls_total", {"plugin": "pend", "outcome": "timeout"}
        )
        assert failed == 3
    told(
        "plugins that hang, leak, crash",
        0,
        worst,
        " for who asked them; then they rest, or nobody new comes in",
    )


async def test_a_language_model_that_stalls(tmp_path: Path) -> None:
    async with openai_server() as llm:
        llm.stall_after = 0
        model = FallbackModel(OpenAiModel(llm.url, "fake"), ScriptedModel(), 0.5)
        async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
            began = time.monotonic()
            answer, end = await client.ask("Chantons")
            hurt = time.monotonic() - began
            assert (answer, end["outcome"]) == ("Tu as dit : Chantons.", "completed")
            await asyncio.wait_for(llm.hung_up.wait(), 10)
    told("a model that stalls", 0, hurt)


async def test_slow_and_silent_clients_hold_nobody_up(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel(), slow_client_s=0.5) as running,
        TextClient(running.ws, "muet"),
        TextClient(running.ws, "sourd") as deaf,
        TextClient(running.ws, "salon") as good,
    ):
        deaf.ws.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.ws.transport.pause_reading()
        began = time.monotonic()
        worst = 0.0
        remote = running.house.remotes["sourd"]
        while remote.link is not None and time.monotonic() - began < 60:
            for _ in range(40):
                remote.send(Announce(text="bla" * 2600, kind="info", turn_id="a-1"))
            asked = time.monotonic()
            assert (await good.ask("Quelle heure est-il ?"))[1]["outcome"] == "completed"
            worst = max(worst, time.monotonic() - asked)
        assert remote.link is None
        assert running.house.meters.registry.get_sample_value("hive_mind_clients_cut_off_total") == 1
        deaf.ws.transport.abort()
    told("a client that does not read, one that says nothing", 0, worst, " at most for the others")


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=400)])
async def test_the_clock_jumps_and_is_set_back(tmp_path: Path, ahead: timedelta) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
        # As it is written by a clock that jumped: the conversation is not older than seven days all at once.
        jumped = Entry(
            role="user", text="Demain", timestamp=datetime.now(UTC) + ahead, client_id="x", turn_id="t-x"
        )
        await running.house.context.append(jumped)
        await running.house.context.fields.trim(datetime.now(UTC) + ahead)
        began = time.monotonic()
        _, end = await client.ask("Quelle heure est-il ?")
        hurt = time.monotonic() - began
        assert end["outcome"] == "completed"
        stored = [entry.text for entry in await running.house.context.between(None, None)]
        assert {"Je m'appelle Alice.", "Demain", "Quelle heure est-il ?"} <= set(stored)
        assert running.house.context.available and not running.house.context.unsaved
    told(f"a clock that jumps ahead by {ahead} and is set back", 0, hurt)


async def test_a_file_of_redis_that_was_cut_or_damaged(tmp_path: Path) -> None:
    redis, vault = EmbeddedRedis(tmp_path), Vault(load_key(None, tmp_path / "context.key"))
    await redis.start()
    store = ContextStore(connect(f"unix://{redis.socket}"), vault, 7)
    for number in range(3):
        for role, text in (("user", f"Message {number}"), ("assistant", "Oui.")):
            said = {"role": role, "text": text, "client_id": "salon", "turn_id": f"t-{number}"}
            await store.append_all([Entry.model_validate({**said, "timestamp": datetime.now(UTC)})])
    await store.close()
    await redis.stop()
    file = next((tmp_path / "redis").glob("*.aof"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])  # the power went while it was written
    with structlog.testing.capture_logs() as logs:
        await redis.start()
    cut = next(line for line in logs if "middle of an entry" in line["event"])
    assert cut["log_level"] == "warning" and 0 < cut["kept_bytes"] < len(whole) - 40
    (finding,) = check_redis_file(tmp_path / "redis")
    assert finding.level == "warning" and "lost" in finding.found and "restore" in finding.advice
    kept = [entry.text for entry in await conversation(tmp_path) if entry.role == "user"]
    await redis.stop()
    assert kept == ["Message 0", "Message 1", "Message 2"]
    middle = whole.index(b"*1\r\n", len(whole) // 2)
    file.write_bytes(whole[:middle] + b"\0garbage\0" * 3 + whole[middle:])
    began = time.monotonic()
    async with running_server(tmp_path, ScriptedModel()) as running, TextClient(running.ws) as client:
        hurt = time.monotonic() - began
        assert running.house.context.available
        before = [e.text for e in running.house.context.tail if e.role == "user"]
        assert (await client.ask("Encore"))[1]["outcome"] == "completed"
    assert before and before == [f"Message {number}" for number in range(len(before))]
    assert list((tmp_path / "redis").glob("*damaged*"))
    told("a damaged file of Redis", 3 - len(before), hurt, " (what stood after the damage; kept aside)")


async def test_a_model_file_that_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "broken"
    folder.mkdir(parents=True)
    model = folder / "broken.gguf"
    model.write_bytes(b"GGUF" + os.urandom(4096))
    began = time.monotonic()
    async with (
        running_server(tmp_path, llm_engine="llamacpp", llm_model=str(model)) as running,
        TextClient(running.ws) as client,
    ):
        _, end = await client.ask("Quelle heure est-il ?")
        assert end["outcome"] == "completed"
        await eventually(lambda: running.house.model.state == "failed", within=60)
        _, end = await client.ask("Raconte une histoire")
        assert end["outcome"] == "failed"
        assert next(m for m in client.log if m["type"] == "error")["code"].startswith("LLM_")
    shutil.rmtree(folder)
    told("a damaged model file", 0, time.monotonic() - began, "; commands are answered all the while")
