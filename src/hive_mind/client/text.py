"""The client without ears: a question in writing, the answer in writing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import JsonValue

from hive_mind.client.access.admission import Admission
from hive_mind.client.access.credentials import CredentialsFile
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.websocket import ServerLink, server_url
from hive_mind.protocol.messages import Capabilities
from hive_mind.protocol.session import ClientSession


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What came back.

    Attributes:
        turn_id: the server's name for the turn.
        answer: the whole text.
        route: who answered: "command", "plugin", "llm" or "none".
        intent: what was understood.
        timings_ms: the server's stages, and `first_chunk` and `round_trip` as seen from here.
    """

    turn_id: str
    answer: str
    route: str
    intent: str
    timings_ms: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, JsonValue]:
        """What `ask --json` prints."""
        return {
            "turn_id": self.turn_id,
            "answer": self.answer,
            "route": self.route,
            "intent": self.intent,
            "timings_ms": dict(self.timings_ms),
        }


async def ask(
    url: str,
    question: str,
    client_id: str,
    *,
    on_piece: Callable[[str], None] = lambda _: None,
    clock: Clock | None = None,
    file: CredentialsFile | None = None,
) -> TextAnswer:
    """Ask one question.

    Args:
        url: of the server.
        question: in French.
        client_id: stable name of this client.
        on_piece: told each piece of the answer as it comes.
        clock: the machine's by default.
        file: of this machine's tokens, where it may have any.

    Raises:
        LinkError: there is no server, or it went away.
        ServerSaid: it answered with an error.
    """
    clock = clock or SystemClock()
    admission = None if file is None else Admission(server_url(url), file, clock)
    session = ClientSession(client_id, capabilities=Capabilities(display="text"))
    link = ServerLink(url, session, clock, admission=admission)
    running = asyncio.ensure_future(link.run())
    try:
        await link.first_contact()
        return await _ask(link, question, on_piece, clock)
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _ask(link: ServerLink, question: str, on_piece: Callable[[str], None], clock: Clock) -> TextAnswer:
    with link.exchange() as exchange:
        began = clock.now()
        timings: dict[str, float] = {}
        pieces: list[str] = []
        exchange.ask(question, clock.today(), speculative=False)
        async for piece in exchange.chunks():
            timings.setdefault("first_chunk", round((clock.now() - began) * 1000, 1))
            pieces.append(piece)
            on_piece(piece)
        timings["round_trip"] = round((clock.now() - began) * 1000, 1)
        end = await exchange.ended()
    return TextAnswer(
        turn_id=exchange.turn_id or exchange.utterance_id,
        answer="".join(pieces).strip(),
        route=end.route if end else "none",
        intent=end.intent if end else "unknown",
        timings_ms={**(end.timings_ms if end else {}), **timings},
    )
