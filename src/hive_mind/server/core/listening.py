"""What becomes of what a client streams: drafts and turns, what gets ready meanwhile, what silences us."""

from typing import TYPE_CHECKING

from hive_mind.errors import HiveMindError
from hive_mind.language.interruptions import Interruption, silencing
from hive_mind.protocol.messages import ServerMessage
from hive_mind.server.core.complaints import complaint
from hive_mind.server.core.speech.listener import Reading, Said
from hive_mind.server.logs import get_logger

if TYPE_CHECKING:
    from hive_mind.server.core.house import House
    from hive_mind.server.core.remote_client import RemoteClient

MOST_LIKELY = 8
"""Replies rendered while somebody speaks: more than there is time for."""


class Listening:
    """The `Listener` of one client.

    Args:
        client: whose stream it is.
        house: what it shares with the others.
    """

    def __init__(self, client: "RemoteClient", house: "House") -> None:
        self._client = client
        self._house = house

    @property
    def calls(self) -> tuple[str, ...]:
        """Wake words that may still stand at the head of what is said."""
        return self._client.calls

    def send(self, message: ServerMessage) -> None:
        """Send to the client."""
        self._client.send(message)

    def on_listening(self) -> None:
        """Somebody begins to speak there: the model and the voice get ready."""
        self._house.spawn(self._house.warm())
        if self._client.voiced:
            self._house.spawn(self._prepare())

    async def read(self, text: str) -> Reading:
        """What a text asks for, as far as listening depends on it."""
        return await self._client.ladder.reading(text)

    async def more(self, said: Said) -> tuple[Said, Reading] | None:
        """The order that was just answered and more of it, and what it asks for; None: no such."""
        return await self._client.turns.more(said)

    def on_said(self, said: Said, *, final: bool) -> str | None:
        """Prepare an answer; `final`: answer, in the turn that is returned."""
        return self._client.turns.take(said.text, said.utterance_id, speculative=not final, said=said)

    def on_unsaid(self, utterance_id: str) -> None:
        """The speaker goes on: drop what was prepared."""
        self._client.turns.drop_draft(utterance_id=utterance_id)

    def on_deaf(self, utterance_id: str, error: HiveMindError) -> None:
        """What the client streams cannot be heard."""
        log = get_logger("client").bind(client_id=self._client.client_id)
        log.info("not heard", code=error.code, reason=error.message)
        self._client.send(complaint(error, utterance_id))

    def silenced(self, said: Said, over: str) -> Interruption | None:
        """Whether this, said over the answer of a turn, silences it; then it is silent."""
        wish = silencing(said.readings, self._client.turns.said(over))
        if wish is not None:
            self._client.turns.silence(over)
        return wish

    async def _prepare(self) -> None:
        keeper = self._client.keeper
        replies = await keeper.likely_replies()
        self._house.speech.ahead.want(replies[:MOST_LIKELY], keeper.speed)
