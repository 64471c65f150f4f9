"""A client that speaks JSON over a real WebSocket, as little of it as a test wants."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

import websockets

NOW = "2026-11-22T10:30:00Z"
Received = dict[str, Any]


class TextClient:
    """One connection; use it as an async context manager.

    Args:
        url: of the WebSocket.
        client_id: its name.
        hello: whether it says hello (with these further fields, if a dictionary).
    """

    def __init__(self, url: str, client_id: str = "salon", hello: bool | dict[str, Any] = True) -> None:
        self.url = url
        self.client_id = client_id
        self.session_id = ""
        self.last_seq = 0
        self.welcome: Received = {}
        self.log: list[Received] = []
        self._hello = hello
        self._ws: websockets.ClientConnection | None = None

    @property
    def ws(self) -> websockets.ClientConnection:
        """The connection."""
        assert self._ws is not None
        return self._ws

    async def __aenter__(self) -> Self:
        # What a test leaves unread must not hold up the goodbye.
        self._ws = await websockets.connect(self.url, max_size=None, max_queue=None)
        assert (await self.receive())["type"] == "connected"
        if self._hello is not False:
            extra = self._hello if isinstance(self._hello, dict) else {}
            await self.send("hello", **extra)
            self.welcome = await self.receive()
            assert self.welcome["type"] == "welcome", self.welcome
            self.session_id = self.welcome["session_id"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.ws.close()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message of a type."""
        await self.ws.send(json.dumps({"type": kind, "client_id": self.client_id, **fields}))

    async def say(self, text: str, **fields: Any) -> None:
        """Send a question."""
        await self.send("voice_input", transcription=text, timestamp=NOW, language="fr", **fields)

    async def receive(self, wait: float = 60.0) -> Received:
        """The next message."""
        async with asyncio.timeout(wait):
            message: Received = json.loads(await self.ws.recv())
        self.log.append(message)
        self.last_seq = message.get("seq", self.last_seq)
        return message

    async def until(self, kind: str, wait: float = 60.0, **fields: Any) -> Received:
        """The next message of a type with such fields; the others are in `log`."""
        while True:
            message = await self.receive(wait)
            if message["type"] == kind and all(message.get(k) == v for k, v in fields.items()):
                return message

    async def ask(self, text: str, **fields: Any) -> tuple[str, Received]:
        """Ask, and wait for the end: the answer, and the last message of the turn."""
        start = len(self.log)
        await self.say(text, **fields)
        end = await (
            self.until("turn_end")
            if self._hello is not False
            else self.until("response_chunk", is_final=True)
        )
        return answer_in(self.log[start:], end.get("turn_id")), end


def answer_in(log: list[Received], turn_id: str | None = None) -> str:
    """The text of an answer, pieced together; checks that the pieces are in order and end once."""
    chunks = [m for m in log if m["type"] == "response_chunk" and turn_id in (None, m.get("turn_id"))]
    assert [c["chunk_index"] for c in chunks] == list(range(len(chunks)))
    assert [c["is_final"] for c in chunks] == [False] * (len(chunks) - 1) + [True]
    return "".join(c["content"] for c in chunks)
