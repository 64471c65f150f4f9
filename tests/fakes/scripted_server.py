"""A WebSocket server that follows a script, on a real socket of this machine."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hive_mind.protocol import codec
from hive_mind.protocol.messages import (
    ClientMessage,
    Connected,
    Hello,
    ResponseChunk,
    ServerMessage,
    SpeechEnd,
    SpeechStart,
    TurnEnd,
    VoiceInput,
)
from hive_mind.protocol.session import ServerSession
from hive_mind.speech.audio import Samples, to_pcm16

Script = Callable[["Talk", ClientMessage], Awaitable[None]]


class Talk:
    """One connection: what came, and sending."""

    def __init__(self, socket: ServerConnection, session: ServerSession) -> None:
        self.socket = socket
        self.session = session
        self.voice: list[bytes] = []

    async def say(self, samples: Samples, rate: int, turn_id: str = "t1") -> None:
        """Send a voice, from `speech_start` to `speech_end`."""
        await self.send(SpeechStart(rate=rate, turn_id=turn_id))
        for at in range(0, len(samples), rate // 4):
            await self.socket.send(to_pcm16(samples[at : at + rate // 4]))
        await self.send(SpeechEnd(turn_id=turn_id))

    async def send(self, message: ServerMessage) -> None:
        await self.socket.send(codec.encode(self.session.stamp(message)))

    async def answer(
        self, question: VoiceInput, *pieces: str, route: str = "llm", turn_id: str = "t1"
    ) -> None:
        """Stream pieces as an answer; `turn_end` comes if the question is not speculative."""
        for index, piece in enumerate(pieces):
            await self.piece(question, piece, index, last=index == len(pieces) - 1, turn_id=turn_id)
        if not question.speculative:
            await self.end(question, turn_id)

    async def piece(
        self, question: VoiceInput, text: str, index: int, *, last: bool, turn_id: str = "t1"
    ) -> None:
        await self.send(
            ResponseChunk(
                content=text,
                is_final=last,
                chunk_index=index,
                turn_id=turn_id,
                utterance_id=question.utterance_id,
            )
        )

    async def end(self, question: VoiceInput, turn_id: str = "t1") -> None:
        await self.send(
            TurnEnd(
                outcome="completed",
                route="llm",
                intent="conversation",
                timings_ms={"understanding": 1.0, "llm_first_token": 100.0},
                turn_id=turn_id,
                utterance_id=question.utterance_id,
            )
        )


class ScriptedServer:
    """Welcomes everybody and hands what comes to a script.

    Args:
        script: called with each message but `hello`.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._sessions: dict[str, ServerSession] = {}
        self.received: list[ClientMessage] = []
        self.talks: list[Talk] = []
        self.port = 0
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def of_type(self, kind: type[ClientMessage]) -> list[ClientMessage]:
        return [message for message in self.received if isinstance(message, kind)]

    async def start(self) -> None:
        self._server = await serve(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def kill(self) -> None:
        """Cut every connection, as a killed server does, and listen no more."""
        for talk in self.talks:
            talk.socket.transport.abort()
        if self._server is not None:
            self._server.close()

    async def stop(self) -> None:
        self.kill()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, socket: ServerConnection) -> None:
        session = ServerSession(f"s{len(self.talks)}")
        talk = Talk(socket, session)
        self.talks.append(talk)
        try:
            await socket.send(codec.encode(Connected()))
            async for frame in socket:
                if isinstance(frame, bytes):
                    talk.voice.append(frame)
                    continue
                message = codec.decode_client(frame)
                self.received.append(message)
                if isinstance(message, Hello):
                    for reply in session.on_hello(message, self._sessions.get(message.session_id or "")):
                        await socket.send(codec.encode(reply))
                    self._sessions[session.session_id] = session
                else:
                    session.on_message(message)
                    await self._script(talk, message)
        except ConnectionClosed:
            return


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(script)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def silent(talk: Talk, message: ClientMessage) -> None:
    """A script that answers nothing."""
