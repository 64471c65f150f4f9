"""The ladder of one client: what an utterance is, rung by rung, with what was said before it.

The house's commands and the plugins' sentences come first, then what sounds like one of them; what they
leave goes to the language model, which may call a tool where words of the utterance point to one, and else
converses.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from hive_mind.commands.amending import is_amendable, left_to_do
from hive_mind.language.interruptions import is_echo
from hive_mind.language.written import written_forms
from hive_mind.server.core.acting import Acting, Done
from hive_mind.server.core.llm.choosing import Called, choose_tool
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel
from hive_mind.server.core.llm.tools import Offer, offered
from hive_mind.server.core.mending import TextMender
from hive_mind.server.core.rooms import INTENTS as IN_ROOMS
from hive_mind.server.core.rooms import Rooms
from hive_mind.server.core.speech.listener import Reading
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.speech.engines import Transcript
from hive_mind.understanding.corrections import said_again
from hive_mind.understanding.decision import Decision
from hive_mind.understanding.gates import gate_ms
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import LEAN_FOR_S, TalkState, understand

ByEar: TypeAlias = Callable[[Transcript, str | None], Awaitable[Decision]]

MOST_CALLS = 2
"""Tools that the model may call in one turn."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What an utterance is.

    Attributes:
        orders: in the order in which they were said.
        rest: what no sentence matches; None when there is nothing left.
        offers: tools that the rest may mean.
        taken_for: the sentence that the text was repaired to; empty when it was not.
        doubtful: ask whether that sentence was meant, before anything is done.
        corrects: what was heard before and what was said instead, when the text says so.
    """

    orders: tuple[Match, ...]
    rest: str | None = None
    offers: tuple[Offer, ...] = ()
    taken_for: str = ""
    doubtful: bool = False
    corrects: tuple[str, str] | None = None


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
        rooms: in which other clients stand.
        mender: repairs what was misheard.
        hears: whether the client recognises speech, and so repairs by ear what it sends.
        by_ear: repairs what was heard here, given what an open question expects.
        learns: whether what is corrected is remembered.
    """

    def __init__(
        self,
        mind: Mind,
        keeper: Timekeeper,
        acting: Acting,
        rooms: Rooms,
        mender: TextMender,
        hears: Callable[[], bool],
        by_ear: ByEar,
        *,
        learns: bool = True,
    ) -> None:
        self.mind = mind
        self.acting = acting
        self._keeper = keeper
        self._rooms = rooms
        self._mender = mender
        self._hears = hears
        self._by_ear = by_ear
        self._learns = learns
        self._talk = TalkState()
        self._heard: tuple[str, datetime] | None = None
        self._asked: tuple[Match, str] | None = None

    async def understand(
        self, text: str, heard: Transcript | None = None, amends: Understood | None = None
    ) -> Understood:
        """What a text is. Changes nothing: a draft may never be confirmed.

        Args:
            text: what was said.
            heard: the same as our own recogniser heard it, where it did.
            amends: what was done already of its beginning: that is left out, or taken back.
        """
        if amends is not None:
            return await self._more(text, amends) or Understood(())
        if (order := self._for_another_room(text)) is not None:
            return Understood((order,))
        expecting = await self._keeper.expecting()
        orders, rest = self._orders(text, expecting)
        if not orders:
            found = self._said_again(text, expecting) or await self._mended(text, expecting, heard)
            if found is not None:
                return found
        if self._asked is not None and orders and orders[0].confirmed:
            meant, misheard = self._asked
            return Understood(orders, rest, corrects=(misheard, meant.text))
        capable = rest is not None and self.mind.model.capabilities.tools and self.mind.model.keeps_ready
        return Understood(orders, rest, offered(self.mind.offers(), rest) if capable and rest else ())

    async def more(self, text: str, heard: Transcript, before: Understood, answer: str) -> str | None:
        """The text of an utterance that was acted upon and goes on, repaired if need be; None if it does not.

        Args:
            text: the whole.
            heard: the same as our own recogniser heard it.
            before: what was done.
            answer: what was said to it: our own voice is no more of it.
        """
        found = await self._more(text, before)
        if found is not None:
            return None if found.rest is not None and is_echo(found.rest, answer) else text
        meant = await self._by_ear(heard, await self._keeper.expecting())
        whole = written_forms(meant.text)[0]
        return whole if meant.verdict == "accept" and await self._more(whole, before) else None

    async def _more(self, text: str, before: Understood) -> Understood | None:
        """What is left to do of an utterance that goes on."""
        found = self._for_another_room(text)
        orders, rest = ((found,), None) if found else self._orders(text, await self._keeper.expecting())
        left = left_to_do(before.orders, orders)
        if left is None or (not left and rest is None):
            return None
        return Understood(left, rest)

    def _for_another_room(self, text: str) -> Match | None:
        """An order about the time things of another room."""
        elsewhere = self._rooms.named_in(text)
        if elsewhere is not None:
            order = self.mind.grammar().match(elsewhere.text)
            if order is not None and order.intent in IN_ROOMS:
                return replace(order, slots={**order.slots, "room": elsewhere.room})
        order = self.mind.grammar().match(text)
        if order is None or order.intent not in IN_ROOMS - {"start_timer"}:
            return None
        name = str(order.slots.get("name") or "")  # "mets le minuteur de la cuisine en pause"
        if not name or self._rooms.keeper(name, self._keeper) is None:
            return None
        rest = {key: value for key, value in order.slots.items() if key != "name"}
        return replace(order, slots={**rest, "room": name})

    def _orders(self, text: str, expecting: str | None) -> tuple[tuple[Match, ...], str | None]:
        """The orders in a text that somebody here can carry out, and what is left."""
        found, _ = understand(self.mind.grammar(), text, self._talk, self.mind.now(), expecting=expecting)
        orders = tuple(order for order in found if isinstance(order, Match))
        if any(not self.acting.knows(order.intent) for order in orders):
            return (), text
        return orders, next((order for order in found if isinstance(order, str)), None)

    def _said_again(self, text: str, expecting: str | None) -> Understood | None:
        """The sentence after "non, j'ai dit", which corrects what was heard before; None without one."""
        again = said_again(text)
        orders, rest = self._orders(again, expecting) if again else ((), None)
        if not orders or rest is not None:
            return None
        heard = self._heard
        recent = heard is not None and timedelta() <= self.mind.now() - heard[1] <= timedelta(
            seconds=LEAN_FOR_S
        )
        return Understood(orders, corrects=(heard[0], again) if heard is not None and recent else None)

    async def reading(self, text: str) -> Reading:
        """How long to wait for more of an utterance that so far reads like this."""
        found = self._for_another_room(text)
        expecting = await self._keeper.expecting()
        orders, rest = ((found,), None) if found is not None else self._orders(text, expecting)
        if not orders or rest is not None:
            extent = "open" if orders else self.mind.grammar().extent_of(text, expecting=expecting)
            return Reading(gate_ms(extent), order=bool(orders))
        reading = all(self.acting.is_reading(order) for order in orders)
        gate = gate_ms(orders[-1].extent, reading=reading)
        return Reading(gate, order=True, amendable=found is None and is_amendable(orders))

    async def _mended(self, text: str, expecting: str | None, heard: Transcript | None) -> Understood | None:
        """The sentence that was misheard, or that is asked about, for a client that has no ear of its own."""
        if heard is not None:
            decision = await self._by_ear(heard, expecting)
        elif self._hears():
            return None
        else:
            decision = await self._mender.mend(text, expecting=expecting)
        match = decision.match
        if match is None or not self.acting.knows(match.intent):
            return None
        if decision.verdict == "ask":
            asked = replace(match, text=decision.text)
            return Understood((asked,), taken_for=decision.text, doubtful=True)
        orders, rest = self._orders(decision.text, expecting)
        repaired = tuple(replace(order, rung="repair") for order in orders)
        return Understood(repaired, taken_for=decision.text) if repaired and rest is None else None

    async def choose(self, understood: Understood, gate: Gate) -> Called | None:
        """The tool that the model calls for the rest, with what of its parameters was really said."""
        if understood.rest is None or not understood.offers:
            return None
        chat = self.mind.choosing(understood.rest)
        return await choose_tool(
            self.mind.model, chat, understood.rest, understood.offers, self.mind.offers(), gate
        )

    async def settle(
        self, text: str, understood: Understood | None, done: Sequence[Done], *, conversed: bool
    ) -> None:
        """The turn was carried out: what the next one may lean on, and what was corrected by it."""
        now = self.mind.now()
        self._heard, self._asked = (text, now), None
        if understood is not None and understood.doubtful:
            self._asked = (understood.orders[0], text)
        if self._learns and understood is not None and understood.corrects is not None:
            await self._mender.learn(*understood.corrects)
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
