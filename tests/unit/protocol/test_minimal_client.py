"""The 20-line client of the documentation runs as printed, against the specification's messages."""

import asyncio
import json
import sys
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import decode_client, encode
from hive_mind.protocol.messages import Connected, Error, Ping, Pong, ResponseChunk, ServerMessage, VoiceInput
from hive_mind.protocol.session import ServerSession

SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "minimal_client.py"
ANSWER = ("La capitale de l'Italie ", "est Rome.", "")


async def converse(socket: ServerConnection) -> None:
    """A server of the specification: no plugin, one answer."""
    session = ServerSession("s")

    async def send(message: ServerMessage) -> None:
        assert session.may_send(message)
        await socket.send(encode(session.stamp(message)))

    await send(Connected())
    async for frame in socket:
        try:
            message = decode_client(frame)
        except ProtocolError as error:
            await send(Error(code=error.code, message="Message illisible.", recoverable=True))
            continue
        session.on_message(message)
        if isinstance(message, Ping):
            await send(Pong(timestamp=message.timestamp))
        elif isinstance(message, VoiceInput):
            for index, content in enumerate(ANSWER):
                final = index == len(ANSWER) - 1
                await send(ResponseChunk(content=content, is_final=final, chunk_index=index))


async def run_script() -> str:
    async with serve(converse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        script = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), f"ws://127.0.0.1:{port}/ws", stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            output, _ = await script.communicate()
        assert script.returncode == 0
        return output.decode()


def test_it_gets_connected_error_pong_and_the_whole_answer() -> None:
    frames = [json.loads(line) for line in asyncio.run(run_script()).splitlines()]
    assert [frame["type"] for frame in frames] == ["connected", "error", "pong"] + ["response_chunk"] * 3
    assert frames[1]["code"] == "NOT_JSON"
    assert [(f["chunk_index"], f["is_final"]) for f in frames[3:]] == [(0, False), (1, False), (2, True)]
    assert "".join(f["content"] for f in frames[3:]) == "La capitale de l'Italie est Rome."


def test_it_has_twenty_lines_and_nothing_of_ours() -> None:
    lines = [line for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= 21, "a docstring and twenty lines"
    assert not any("hive_mind" in line for line in lines)
