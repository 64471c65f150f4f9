"""What the server survives: kill -9, a lost Redis, deaf clients, a busy port, being stopped."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import websockets

from hive_mind.errors import ConfigError
from hive_mind.protocol.messages import ResponseChunk
from hive_mind.server.run import bind
from tests.fakes.openai_server import openai_server, sse
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.server_process import server_process
from tests.fakes.text_client import TextClient, answer_in
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio


def redis_pid(data: Path) -> int:
    return int((data / "redis" / "redis.pid").read_text())


async def test_kill_9_loses_no_message(tmp_path: Path) -> None:
    async with openai_server() as llm:
        engine = {
            "HIVE_MIND_LLM_ENGINE": "openai",
            "HIVE_MIND_LLM_BASE_URL": llm.url,
            "HIVE_MIND_LLM_MODEL": "fake",
        }
        async with server_process(tmp_path, 0, **engine) as (process, ws), TextClient(ws) as client:
            for i in range(3):
                await client.ask(f"Message {i}")
            llm.stall_after = 3
            await client.say("Message 3")
            await client.until("response_chunk")
            process.send_signal(signal.SIGKILL)
            with pytest.raises(websockets.ConnectionClosed):
                await client.receive()
    alive = redis_pid(tmp_path)
    async with running_server(tmp_path, ScriptedModel()) as running:
        said = [(e.role, e.text) for e in running.house.context.tail]
        assert redis_pid(tmp_path) == alive
    expected = [("user", f"Message {i}") for i in range(4)]
    assert [m for m in said if m[0] == "user"] == expected
    assert len([m for m in said if m == ("assistant", "Bonjour.")]) == 3
    assert not psutil.pid_exists(alive) or psutil.Process(alive).status() == psutil.STATUS_ZOMBIE


async def test_a_restarted_server_knows_the_conversation(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
    async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
        await client.ask("Comment je m'appelle ?")
    assert "Je m'appelle Alice." in [m.content for m in model.chats[-1]]
    stored = b"".join(p.read_bytes() for p in (tmp_path / "redis").glob("*.aof"))
    assert b"hive:context" in stored and b"Alice" not in stored


async def test_redis_killed_and_back(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
        await client.ask("Un")
        pid = redis_pid(tmp_path)
        os.kill(pid, signal.SIGKILL)
        for text in ("Deux", "Trois"):
            assert (await client.ask(text))[1]["outcome"] == "completed"
        context = running.house.context
        await eventually(lambda: context.available and redis_pid(tmp_path) != pid)
        await client.ask("Quatre")
    async with running_server(tmp_path, model) as running:
        users = [e.text for e in running.house.context.tail if e.role == "user"]
        assert users == ["Un", "Deux", "Trois", "Quatre"]


async def test_a_foreign_redis_that_is_away(tmp_path: Path) -> None:
    free = bind("127.0.0.1", 0)
    url = f"redis://127.0.0.1:{free.getsockname()[1]}"
    free.close()
    model = ScriptedModel()
    async with running_server(tmp_path, model, redis_url=url) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
        await client.ask("Comment je m'appelle ?")
        assert "Je m'appelle Alice." in str(model.chats[-1])
        await client.send("forget", scope="all")
        assert (await client.until("error"))["code"] == "CONTEXT_UNAVAILABLE"


async def test_two_servers_share_one_house(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with (
        running_server(tmp_path, model) as one,
        running_server(tmp_path, model) as two,
        TextClient(one.ws, "cuisine") as first,
        TextClient(two.ws, "salon") as second,
    ):
        await asyncio.sleep(0.2)
        await first.ask("Je m'appelle Alice.")
        await second.until("context_event", role="assistant")
        await second.ask("Comment je m'appelle ?")
        assert "Je m'appelle Alice." in str(model.chats[-1])


async def test_a_client_that_never_reads_is_cut_off_alone(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel(), slow_client_s=0.5) as running,
        TextClient(running.ws, "muet") as deaf,
        TextClient(running.ws, "salon") as good,
    ):
        raw = deaf.ws.transport
        raw.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.pause_reading()
        remote = running.house.remotes["muet"]
        async with asyncio.timeout(90):
            while remote.link is not None:
                for number in range(40):
                    text = ResponseChunk(
                        content="bla" * 2600, is_final=False, chunk_index=number, turn_id="t-1"
                    )
                    remote.send(text)
                await good.ask("Quelle heure est-il ?")
        raw.abort()


async def test_stopping_lets_an_answer_end(tmp_path: Path) -> None:
    model = ScriptedModel(stop_after=1)
    async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
        await client.say("Chantons")
        await client.until("response_chunk")
        leaving = asyncio.create_task(running.server.leave())
        await asyncio.sleep(0.1)
        await client.say("Encore")
        assert (await client.until("error"))["code"] == "SERVER_STOPPING"
        model.release.set()
        assert (await client.until("turn_end"))["outcome"] == "completed"
        assert (await client.until("error"))["code"] == "SERVER_STOPPING"
        with pytest.raises(websockets.ConnectionClosed):
            await client.receive()
        assert client.ws.close_code == 1001
        await leaving


async def test_stopping_cuts_an_answer_that_takes_too_long(tmp_path: Path) -> None:
    model = ScriptedModel(stop_after=1)
    async with running_server(tmp_path, model, stop_grace_s=0.1) as running, TextClient(running.ws) as client:
        await client.say("Chantons")
        await client.until("response_chunk")
        await running.server.leave()
        assert (await client.until("turn_end"))["outcome"] == "interrupted"
        assert answer_in(client.log) == "Tu as dit : "


async def test_sigterm_ends_the_process_in_good_order(tmp_path: Path) -> None:
    async with (
        server_process(tmp_path, HIVE_MIND_LLM_ENGINE="none") as (process, ws),
        TextClient(ws) as client,
    ):
        process.terminate()
        assert (await client.until("error"))["code"] == "SERVER_STOPPING"
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    assert not (tmp_path / "redis" / "redis.pid").exists()


async def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            bind("127.0.0.1", port)
        assert caught.value.code == "PORT_IN_USE" and str(port) in caught.value.message
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "hive_mind", "serve", "--port", str(port), "--data", str(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        out, err = await process.communicate()
        assert process.returncode == 1
        assert err.decode().count("\n") == 1 and "PORT_IN_USE" in err.decode() and not out


async def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("not a folder")
    with pytest.raises(ConfigError) as caught:
        async with running_server(file):
            pass
    assert caught.value.code == "DATA_NOT_WRITABLE"


async def test_a_socket_that_is_not_a_websocket(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        host, port = running.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(os.urandom(2000))
        async with TextClient(running.ws) as client:
            await client.ask("Chantons")


async def test_an_endpoint_that_breaks_off_is_admitted(tmp_path: Path) -> None:
    async with openai_server() as llm:
        llm.frames = sse("La mer", " bleue", done=False)
        settings: dict[str, Any] = {"llm_engine": "openai", "llm_base_url": llm.url, "llm_model": "fake"}
        async with running_server(tmp_path, **settings) as running, TextClient(running.ws) as client:
            answer, end = await client.ask("Chantons")
            assert (answer, end["outcome"]) == ("La mer bleue", "failed")
            assert next(m for m in client.log if m["type"] == "error")["code"] == "LLM_INVALID"
