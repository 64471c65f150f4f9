"""A client that asks one question after the other whatever happens, and counts what is lost."""

import asyncio
import time
from datetime import UTC, datetime

from hive_mind.client.core.websocket import ServerLink
from hive_mind.errors import HiveMindError
from hive_mind.protocol.messages import Capabilities
from hive_mind.protocol.session import ClientSession


class SteadyClient:
    """The program's own link, over a way to the servers that a test may change.

    Args:
        name: its client_id.
        url: of the way.

    Attributes:
        answers: what was answered to each question.
        lost: questions that got no answer.
        slowest_s: longest time to an answer.
    """

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.link = ServerLink(
            url, ClientSession(name, room="salon", capabilities=Capabilities(display="text"))
        )
        self.answers: dict[str, str] = {}
        self.lost: list[str] = []
        self.slowest_s = 0.0

    async def ask(self, question: str) -> str:
        """One question; the empty text when it was lost."""
        began = time.monotonic()
        pieces: list[str] = []
        try:
            with self.link.exchange() as exchange:
                exchange.ask(question, datetime.now(UTC), speculative=False)
                async for piece in exchange.chunks():
                    pieces.append(piece)  # noqa: PERF401 - what came before a fault counts
                await exchange.ended(2.0)
        except HiveMindError:
            self.lost.append(question)
        self.answers[question] = "".join(pieces)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return self.answers[question]

    async def live(self, questions: list[str], begun: asyncio.Event) -> None:
        """Connect, say so, ask them all."""
        running = asyncio.create_task(self.link.run())
        try:
            async with asyncio.timeout(30):
                await self.link.first_contact()
            begun.set()
            for question in questions:
                await self.ask(question)
        finally:
            running.cancel()
            await asyncio.wait({running})
