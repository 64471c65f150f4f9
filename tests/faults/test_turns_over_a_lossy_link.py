"""The real server behind a link that breaks within frames: every question is answered once, whole."""

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import decode_server, encode
from hive_mind.protocol.messages import AnyServerMessage, ResponseChunk, TurnEnd, VoiceInput, Welcome
from hive_mind.protocol.session import ClientSession
from tests.fakes.lossy_link import LossyLink
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel

QUESTION = "Quelle est la capitale de l'Italie ?"
ANSWER = ("La capitale", " de l'Italie", " est Rome.")
QUESTIONS = 20
PATIENCE_S = 60


class Asker:
    """Asks one question after the other, again when it does not know whether the server heard it."""

    def __init__(self, port: int) -> None:
        self.url = f"ws://127.0.0.1:{port}/ws"
        self.session = ClientSession("asker")
        self.number = 0
        self.chunks: list[ResponseChunk] = []
        self.answers: list[str] = []
        self.losses = -1

    async def ask_all(self) -> None:
        while self.number < QUESTIONS:
            try:
                async with connect(self.url, proxy=None) as socket:
                    await socket.send(encode(self.session.hello()))
                    while self.number < QUESTIONS:
                        message = self.session.receive(decode_server(await socket.recv()))
                        if isinstance(message, Welcome):
                            self.losses += not message.resumed
                        if isinstance(message, Welcome) or self.take(message):
                            await socket.send(encode(self.question()))
            except (OSError, ConnectionClosed, InvalidHandshake, EOFError):
                self.session.lost()
            except ProtocolError as error:
                assert error.code == "SEQUENCE_GAP", error.message
                self.session.lost()

    def question(self) -> VoiceInput:
        return VoiceInput(
            transcription=QUESTION,
            timestamp=datetime.now(UTC),
            client_id="asker",
            utterance_id=f"u-{self.number}",
        )

    def take(self, message: AnyServerMessage | None) -> bool:
        """Whether the question is answered."""
        if isinstance(message, ResponseChunk):
            assert message.utterance_id == f"u-{self.number}"
            assert message.chunk_index == len(self.chunks)
            self.chunks.append(message)
        if not isinstance(message, TurnEnd):
            return False
        assert (message.utterance_id, message.outcome) == (f"u-{self.number}", "completed")
        assert [chunk.is_final for chunk in self.chunks].index(True) == len(self.chunks) - 1
        self.answers.append("".join(chunk.content for chunk in self.chunks))
        self.chunks = []
        self.number += 1
        return True


async def disturb(link: LossyLink, asker: Asker, seed: int) -> None:
    chance = random.Random(seed)
    while True:
        await asyncio.sleep(chance.uniform(0.02, 0.08))
        if asker.session.session_id is None:
            continue
        match chance.randrange(5):
            case 0:
                link.cut()
            case 1:
                link.reset()
            case 2:
                link.cut_after(chance.randrange(1, 300), "up")
            case _:
                link.cut_after(chance.randrange(1, 600))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_question_is_answered_once(seed: int, tmp_path: Path) -> None:
    async def main() -> Asker:
        model = ScriptedModel({QUESTION: ANSWER})
        async with running_server(tmp_path, model) as running:
            port = int(running.address.rpartition(":")[2])
            async with LossyLink("127.0.0.1", port) as link, asyncio.timeout(PATIENCE_S):
                asker = Asker(link.port)
                trouble = asyncio.create_task(disturb(link, asker, seed))
                await asker.ask_all()
                trouble.cancel()
                assert link.accepted > 3, "the link did break"
                return asker

    asker = asyncio.run(main())
    assert asker.answers == ["".join(ANSWER)] * QUESTIONS
    assert asker.losses == 0
