"""What the user wants, with what was said before: which orders are ours, and what is left for the server."""

from dataclasses import dataclass
from datetime import datetime

from hive_mind.client.core.timers import Timekeeper
from hive_mind.commands.interpret import INTENTS, READ_ONLY
from hive_mind.understanding.grammar import Extent, Grammar, Match
from hive_mind.understanding.talk import TalkState, understand


@dataclass(frozen=True, slots=True)
class Plan:
    """What an utterance asks for.

    Attributes:
        orders: those that this client carries out, in the order in which they were said.
        rest: what the server is asked; None when nothing is left for it.
        extent: whether the speaker may go on.
        reading: it changes nothing, so that it may be answered a little early.
        leaning: the order that a next utterance may lean on, ours or not.
    """

    orders: tuple[Match, ...]
    rest: str | None
    extent: Extent
    reading: bool
    leaning: Match | None


class Dialogue:
    """One conversation. Planning changes nothing: a plan may be dropped when the user goes on speaking."""

    def __init__(self) -> None:
        self.last_answer = ""
        """What was said last, to be said again."""
        self.server_asks = False
        """The server has asked back: giving up is an answer to it."""
        self._talk = TalkState()

    def plan(self, grammar: Grammar, keeper: Timekeeper, text: str, now: datetime) -> Plan:
        """Understand an utterance."""
        expecting = keeper.expecting(now)
        found, _ = understand(grammar, text, self._talk, now, expecting=expecting)
        last = found[-1]
        leaning = last if isinstance(last, Match) else None
        ours = tuple(order for order in found if isinstance(order, Match) and self._is_ours(order))
        others = [order for order in found if isinstance(order, str) or order not in ours]
        rest = text if not ours else ". ".join(o if isinstance(o, str) else o.text for o in others)
        if leaning is not None:
            extent: Extent = leaning.extent
        else:
            extent = "open" if ours else grammar.extent_of(text)
        reading = leaning is not None and all(order.intent in READ_ONLY for order in ours)
        return Plan(ours, rest if others else None, extent, reading and not others, leaning)

    def did(self, plan: Plan, keeper: Timekeeper, answer: str, now: datetime) -> None:
        """A plan was carried out and its answer may sound."""
        self.server_asks = False
        self.last_answer = answer or self.last_answer
        order = plan.leaning
        if order is None:
            self._talk = self._talk.passed()
        elif order.intent in INTENTS:
            self._talk = self._talk.did(keeper.completed(order, now), now)
        else:
            self._talk = self._talk.did(order, now)

    def _is_ours(self, order: Match) -> bool:
        return order.intent in INTENTS and not (self.server_asks and order.intent == "stop")
