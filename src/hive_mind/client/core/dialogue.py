"""What the user wants, with what was said before: which orders are ours, and what is left for the server."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hive_mind.client.core.door import Reason
from hive_mind.client.core.timers import Timekeeper
from hive_mind.commands.amending import is_amendable, left_to_do
from hive_mind.commands.interpret import INTENTS, READ_ONLY
from hive_mind.language.interruptions import continues
from hive_mind.understanding.corrections import said_again
from hive_mind.understanding.grammar import Extent, Grammar, Match
from hive_mind.understanding.talk import DECLINED, LEAN_FOR_S, TalkState, understand


@dataclass(frozen=True, slots=True)
class Plan:
    """What an utterance asks for.

    Attributes:
        orders: those that this client carries out, in the order in which they were said.
        rest: what the server is asked; None when nothing is left for it.
        extent: whether the speaker may go on.
        reading: it changes nothing, so that it may be answered a little early.
        leaning: the order that a next utterance may lean on, ours or not.
        corrects: what was heard before and what was said instead, when the utterance says so.
        declined: it says no to our own question, and nothing more.
        doubtful: it names a place that was probably misheard.
    """

    orders: tuple[Match, ...]
    rest: str | None
    extent: Extent
    reading: bool
    leaning: Match | None
    corrects: tuple[str, str] | None = None
    declined: bool = False
    doubtful: bool = False

    @property
    def understood(self) -> bool:
        """Whether any sentence that we know was in it."""
        return bool(self.orders) or self.leaning is not None or self.declined

    @property
    def amendable(self) -> bool:
        """Whether it can be taken back and done otherwise when the speaker goes on after all."""
        return self.rest is None and is_amendable(self.orders)


_SILENCING = frozenset({"stop", "snooze", "adjust_timer", "cancel_timer", "cancel_alarm", "thanks"})


def is_for_us(why: Reason, plan: Plan, text: str) -> bool:
    """Whether an utterance that nobody's call came before is meant for us.

    Args:
        why: the door was open to it.
        plan: what was understood.
        text: what was heard.
    """
    if why == "answer":
        return plan.understood or continues(text)
    if why == "ringing":
        return bool(plan.orders) and plan.rest is None and all(o.intent in _SILENCING for o in plan.orders)
    return True


def amended(before: Plan, whole: Plan) -> Plan | None:
    """What is left to do when an utterance that was acted upon too early turns out to go on.

    Args:
        before: what was done.
        whole: what the whole utterance asks for.

    Returns:
        The whole plan without what is done, and with what is to be taken back; None when the rest adds
        nothing that we understand.
    """
    orders = left_to_do(before.orders, whole.orders)
    if orders is None or (not orders and whole.rest is None):
        return None
    return replace(whole, orders=orders)


class Dialogue:
    """One conversation. Planning changes nothing: a plan may be dropped when the user goes on speaking."""

    def __init__(self) -> None:
        self.last_answer = ""
        """What was said last, to be said again."""
        self.server_there: Callable[[], bool] = lambda: False
        """Whether other rooms can be reached."""
        self.server_asks = False
        """The server has asked back: giving up is an answer to it."""
        self._talk = TalkState()
        self._heard: tuple[str, datetime] | None = None
        self._asked: tuple[Match, str] | None = None

    def plan(self, grammar: Grammar, keeper: Timekeeper, text: str, now: datetime) -> Plan:
        """Understand an utterance; "non, j'ai dit" and a whole sentence counts as that sentence."""
        found = self._plan(grammar, keeper, text, now)
        again = said_again(text)
        if found.understood or not again:
            return found
        meant = self._plan(grammar, keeper, again, now)
        if meant.leaning is None:
            return found
        heard = self._heard
        if heard is None or not timedelta() <= now - heard[1] <= timedelta(seconds=LEAN_FOR_S):
            return meant
        return replace(meant, corrects=(heard[0], again))

    def forget(self) -> None:
        """What was said so far is to be forgotten."""
        self.last_answer = ""
        self._talk = TalkState()
        self._heard = self._asked = None

    def asks(self, order: Match, text: str, heard: str, now: datetime) -> None:
        """We have asked whether `order` was meant by what was `heard` (empty: offered unasked).

        Args:
            order: what a yes means.
            text: its sentence.
            heard: what a yes teaches to take for that sentence.
            now: when we asked.
        """
        self._asked = (replace(order, text=text), heard)
        self._talk = self._talk.confirms(self._asked[0], now)

    def _plan(self, grammar: Grammar, keeper: Timekeeper, text: str, now: datetime) -> Plan:
        expecting = keeper.expecting(now)
        found, _ = understand(grammar, text, self._talk, now, expecting=expecting)
        last = found[-1]
        leaning = last if isinstance(last, Match) else None
        asked = self._asked
        if asked is not None and leaning is not None:
            if leaning.intent == DECLINED:
                return Plan((), None, "closed", reading=True, leaning=None, declined=True)
            if leaning.confirmed:
                order, heard = asked
                learnt = (heard, order.text) if heard else None
                if self._is_ours(leaning, keeper):
                    return Plan((leaning,), None, "closed", False, leaning, learnt)
                return Plan((), order.text, "closed", False, leaning, learnt)
        ours = tuple(order for order in found if isinstance(order, Match) and self._is_ours(order, keeper))
        others = [order for order in found if isinstance(order, str) or order not in ours]
        rest = text if not ours else ". ".join(o if isinstance(o, str) else o.text for o in others)
        if leaning is not None:
            extent: Extent = leaning.extent
        else:
            extent = "open" if ours else grammar.extent_of(text)
        reading = leaning is not None and all(order.intent in READ_ONLY for order in ours)
        doubtful = leaning is not None and len(found) == 1 and grammar.doubts(leaning)
        return Plan(
            ours, rest if others else None, extent, reading and not others, leaning, doubtful=doubtful
        )

    def did(self, plan: Plan, keeper: Timekeeper, answer: str, now: datetime, heard: str = "") -> None:
        """A plan was carried out and its answer may sound; `heard` is the transcript."""
        self.server_asks = False
        self._asked = None
        self._heard = (heard, now) if heard else None
        self.last_answer = answer or self.last_answer
        order = plan.leaning
        if order is None:
            self._talk = self._talk.passed()
        elif order.intent in INTENTS:
            self._talk = self._talk.did(keeper.completed(order, now), now)
        else:
            self._talk = self._talk.did(order, now)

    def _is_ours(self, order: Match, keeper: Timekeeper) -> bool:
        if order.intent not in INTENTS or (self.server_asks and order.intent == "stop"):
            return False
        # A timer that we do not have may run in another room, as far as there is a server to know.
        return not keeper.is_elsewhere(order) or not (order.slots.get("room") or self.server_there())
