"""The ladder of one client: what an utterance is, rung by rung, with what was said before it.

The house's commands and the plugins' sentences come first; what they leave goes to the language model, which
may call a tool where words of the utterance point to one, and else converses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hive_mind.server.core.acting import Acting, Done
from hive_mind.server.core.llm.choosing import Called, choose_tool
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel
from hive_mind.server.core.llm.tools import Offer, offered
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import TalkState, understand

MOST_CALLS = 2
"""Tools that the model may call in one turn."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What an utterance is.

    Attributes:
        orders: in the order in which they were said.
        rest: what no sentence matches; None when there is nothing left.
        offers: tools that the rest may mean.
    """

    orders: tuple[Match, ...]
    rest: str | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Mind:
    """What all clients of a house think with; the parts may change while it runs.

    Attributes:
        grammar: all sentences that are known now.
        offers: all tools of now.
        choosing: makes the chat in which a tool is chosen.
        prompt: makes the chat for a question from the conversation so far.
        model: answers the rest.
        now: aware time of the household.
    """

    grammar: Callable[[], Grammar]
    offers: Callable[[], Sequence[Offer]]
    choosing: Callable[[str], Chat]
    prompt: Callable[[str], Chat]
    model: LanguageModel
    now: Callable[[], datetime]


class Ladder:
    """See above.

    Args:
        mind: of the house.
        keeper: the client's own commands.
        acting: carries out orders.
    """

    def __init__(self, mind: Mind, keeper: Timekeeper, acting: Acting) -> None:
        self.mind = mind
        self.acting = acting
        self._keeper = keeper
        self._talk = TalkState()

    async def understand(self, text: str) -> Understood:
        """What a text is. Changes nothing: a draft may never be confirmed."""
        expecting = await self._keeper.expecting()
        found, _ = understand(self.mind.grammar(), text, self._talk, self.mind.now(), expecting=expecting)
        orders = tuple(order for order in found if isinstance(order, Match))
        rest = next((order for order in found if isinstance(order, str)), None)
        if any(not self.acting.knows(order.intent) for order in orders):
            orders, rest = (), text
        capable = rest is not None and self.mind.model.capabilities.tools and self.mind.model.keeps_ready
        return Understood(orders, rest, offered(self.mind.offers(), rest) if capable and rest else ())

    async def choose(self, understood: Understood, gate: Gate) -> Called | None:
        """The tool that the model calls for the rest, with what of its parameters was really said."""
        if understood.rest is None or not understood.offers:
            return None
        chat = self.mind.choosing(understood.rest)
        return await choose_tool(
            self.mind.model, chat, understood.rest, understood.offers, self.mind.offers(), gate
        )

    def settle(self, done: Sequence[Done], *, conversed: bool) -> None:
        """The turn was carried out: what the next one may lean on."""
        now = self.mind.now()
        if conversed or not done:
            self._talk = self._talk.passed()
        for each in done:
            if not each.waits:
                declined = each.trace.outcome == "declined"
                self._talk = self._talk.passed() if declined else self._talk.did(each.order, now)
        if waiting := next((each for each in done if each.waits), None):
            self._talk = (
                self._talk.asks(waiting.order, waiting.slot, now)
                if waiting.slot is not None
                else self._talk.confirms(waiting.order, now)
            )
