"""An OpenAI-compatible endpoint on a real local socket, that answers as a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any


class OpenAiServer:
    """Answers every question with the same frames; a look at its models finds it there.

    Attributes:
        frames: what is sent, in order, as it is; `sse` makes well-formed ones.
        status: HTTP status.
        stall_after: frames after which it falls silent until the client leaves.
        requests: bodies received.
        headers: header lines received, of the last request.
        hung_up: set when a client left before the end.
    """

    def __init__(self) -> None:
        self.frames: Sequence[bytes] = sse("Bon", "jour.")
        self.status = "200 OK"
        self.stall_after: int | None = None
        self.requests: list[dict[str, Any]] = []
        self.headers = ""
        self.hung_up = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if head.startswith("GET "):
                body = b'{"data": []}'
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 12\r\n\r\n" + body)
                await writer.drain()
                return
            self.headers = head
            size = next(
                int(line.split(":")[1]) for line in head.lower().splitlines() if "content-length" in line
            )
            self.requests.append(json.loads(await reader.readexactly(size)))
            head = f"HTTP/1.1 {self.status}\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            writer.write(head.encode())
            for i, frame in enumerate(self.frames):
                if i == self.stall_after:
                    await reader.read()
                    self.hung_up.set()
                    return
                writer.write(frame)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()


def sse(*pieces: str, done: bool = True) -> list[bytes]:
    """A well-formed stream of these pieces."""
    events: list[Any] = [{"choices": [{"delta": {"role": "assistant", "content": None}}]}]
    events += [{"choices": [{"delta": {"content": piece}, "finish_reason": None}]} for piece in pieces]
    if done:
        events += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": {}}]
    frames = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return [b": comment\n\n", *frames, *([b"data: [DONE]\n\n"] if done else [])]


@asynccontextmanager
async def openai_server() -> AsyncIterator[OpenAiServer]:
    """Start one on a free port."""
    fake = OpenAiServer()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
        await server.wait_closed()
