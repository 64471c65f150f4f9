"""Carries out orders: the house's own commands, plugins, and what is about the conversation itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pydantic import TypeAdapter

from hive_mind.commands.interpret import INTENTS as LOCAL
from hive_mind.commands.interpret import READ_ONLY
from hive_mind.commands.replies import capital, listed, reply
from hive_mind.errors import HiveMindError
from hive_mind.language.messages import error_message, message
from hive_mind.language.written import written_forms
from hive_mind.server.core.access.identity import Rights
from hive_mind.server.core.house_orders import INTENTS as OURS
from hive_mind.server.core.house_orders import HouseOrders
from hive_mind.server.core.llm.tools import tool_data
from hive_mind.server.core.once import Marks, once
from hive_mind.server.core.plugin import Request
from hive_mind.server.core.plugin_result import PluginIntent, PluginResult
from hive_mind.server.core.rooms import Rooms
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.server.core.trace import OrderTrace
from hive_mind.server.core.why import answers
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.leaning import UNDO
from hive_mind.understanding.talk import DECLINED

_ROOM_SLOTS = ("room", "area")


class Plugins(Protocol):
    """The plugins, as far as a turn needs them."""

    def intents(self) -> Mapping[str, PluginIntent]:
        """What can be asked now."""
        ...

    async def execute(self, intent: str, params: Mapping[str, Any], request: Request) -> PluginResult:
        """Ask; there always is a result."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an order.

    Attributes:
        order: as it was carried out.
        speech: the answer in French; None when somebody should phrase `data`.
        trace: for "pourquoi ?", with the receipt.
        asks: the answer is a question: listen again.
        waits: the talk waits for the answer: a yes, or a value for `slot`. (Commands wait by themselves.)
        slot: the missing slot that is asked for.
        data: what the plugin returned, to be phrased.
        fallback: what is said when the model cannot phrase it; None: that it failed.
    """

    order: Match
    speech: str | None
    trace: OrderTrace
    asks: bool = False
    waits: bool = False
    slot: str | None = None
    data: Mapping[str, Any] | None = None
    fallback: str | None = None


_DONE = TypeAdapter(Done)


class Acting:
    """The orders of one client.

    Args:
        keeper: its own commands.
        plugins: those of the house.
        house: orders about the conversation.
        grammar: of now; it says what takes an order back.
        rooms: in which other clients stand.
        last_answer: what was answered last, to be said again.
        rights: of the client, as they are now.
        marks: keep what was done, in case a question comes again; None for a guest.
    """

    def __init__(
        self,
        keeper: Timekeeper,
        plugins: Plugins,
        house: HouseOrders,
        grammar: Callable[[], Grammar],
        rooms: Rooms,
        last_answer: Callable[[], str] = lambda: "",
        rights: Callable[[], Rights] = Rights,
        marks: Marks | None = None,
    ) -> None:
        self._rooms = rooms
        self._last_answer = last_answer
        self._rights = rights
        self._grammar = grammar
        self._log = get_logger("acting")
        self._keeper = keeper
        self._plugins = plugins
        self._house = house
        self._marks = marks

    def knows(self, intent: str) -> bool:
        """Whether somebody here can carry it out."""
        return intent in LOCAL or intent in OURS or intent == DECLINED or intent in self._plugins.intents()

    def may_run_early(self, order: Match) -> bool:
        """Whether it changes nothing, asks nothing, and takes long enough for an early start to matter."""
        intent = self._plugins.intents().get(order.intent)
        return intent is not None and intent.read_only and not intent.confirm and order.replaces is None

    def is_reading(self, order: Match) -> bool:
        """Whether it changes nothing."""
        intent = self._plugins.intents().get(order.intent)
        return order.intent in READ_ONLY if intent is None else intent.read_only

    def is_slow(self, order: Match) -> bool:
        """Whether it may take long enough for a silence."""
        return order.intent in self._plugins.intents()

    async def carry_out(self, order: Match, request: Request, *, sure: bool = True) -> Done:
        """Do what is asked for, once. A foreseen fault becomes an answer.

        Args:
            order: what was understood.
            request: who asks.
            sure: otherwise a plugin is only asked after a yes.
        """
        ours = order.intent in OURS or not self.knows(order.intent)
        if self._marks is None or not request.call or ours or self.is_reading(order):
            return await self._carry_out(order, request, sure=sure)
        return await once(
            self._marks,
            f"{request.turn_id}:{request.call}:{order.intent}",
            _DONE,
            lambda: self._carry_out(order, request, sure=sure),
            lambda: self._failed(order, "DONE_PERHAPS"),
        )

    def _failed(self, order: Match, code: str) -> Done:
        plugin = self._plugins.intents().get(order.intent)
        who = ("", "") if plugin is None else (plugin.plugin, plugin.title)
        told = OrderTrace(order.intent, dict(order.slots), order.rung, *who, outcome="failed", error=code)
        return Done(order, error_message(code), told)

    async def _carry_out(self, order: Match, request: Request, *, sure: bool) -> Done:
        plugin = self._plugins.intents().get(order.intent)
        if (code := self._forbidden(order, plugin)) is not None:
            return self._failed(order, code)
        if plugin is not None:
            return await self._ask_plugin(order, plugin, request, sure=sure)
        if not self.knows(order.intent):
            return await self._ask_nobody(order, request)
        trace = OrderTrace(order.intent, dict(order.slots), order.rung, acts=order.intent not in READ_ONLY)
        if order.intent == DECLINED:
            return Done(order, reply("stopped"), replace(trace, outcome="declined"))
        if order.intent in OURS:
            if order.intent == "forget" and order.slots.get("scope") == "all" and not order.confirmed:
                question = str(answers()["forget"]["confirm"])
                return Done(order, question, replace(trace, outcome="asked"), asks=True, waits=True)
            try:
                speech = await self._house.answer(order.intent, order.slots, request.now)
            except HiveMindError as error:
                return Done(
                    order, error_message(error.code), replace(trace, outcome="failed", error=error.code)
                )
            return Done(order, speech, trace)
        if (room := order.slots.get("room")) is not None:
            return await self._elsewhere(order, str(room), trace)
        outcome = await self._keeper.answer(order)
        told = replace(trace, outcome="asked") if outcome.asks else trace
        again = self._last_answer() if "repeat" in outcome.effects else ""
        return Done(outcome.order or order, again or outcome.reply, told, asks=outcome.asks)

    async def _ask_nobody(self, order: Match, request: Request) -> Done:
        """An order that was understood a moment ago, and whose plugin has gone meanwhile."""
        result = await self._plugins.execute(order.intent, order.slots, request)
        trace = OrderTrace(order.intent, dict(order.slots), order.rung, outcome="failed", error=result.error)
        return Done(order, result.speech or "", trace)

    def _forbidden(self, order: Match, plugin: PluginIntent | None) -> str | None:
        """Why this client may not give that order; None when it may."""
        rights = self._rights()
        if plugin is not None and not rights.may_use(plugin.plugin):
            return "PLUGIN_NOT_ALLOWED"
        rooms = (str(order.slots[slot]) for slot in _ROOM_SLOTS if order.slots.get(slot))
        return None if all(rights.may_enter(room) for room in rooms) else "ROOM_NOT_ALLOWED"

    async def _elsewhere(self, order: Match, room: str, trace: OrderTrace) -> Done:
        """Carry out an order about the time things of a room; a question back is told, not waited for."""
        slots = {name: value for name, value in order.slots.items() if name != "room"}
        keeper = self._rooms.keeper(room, self._keeper)
        if keeper is None and order.intent == "start_timer":  # "dans le four": it was a name
            keeper, slots = self._keeper, {**slots, "name": room}
        if keeper is None:
            told = replace(trace, outcome="failed", error="ROOM_UNKNOWN")
            return Done(order, reply("room_unknown", room=room), told)
        if order.replaces is not None and keeper is not self._keeper:  # "un minuteur | dans la cuisine"
            await self._keeper.answer(Match(UNDO, {}, 1.0, "context", replaces=order.replaces))
            order = replace(order, replaces=None)
        outcome = await keeper.answer(replace(order, slots=slots))
        answer = outcome.reply[:1].lower() + outcome.reply[1:]
        told = replace(trace, outcome="asked") if outcome.asks else trace
        here = keeper is self._keeper
        said = outcome.reply if here else reply("elsewhere", room=capital(room), answer=answer)
        return Done(order, said, told, asks=here and outcome.asks)

    def doubt(self, order: Match) -> Done:
        """Ask whether an order was meant by what was heard; `order.text` is its sentence."""
        question = message("did_you_say", sentence=written_forms(order.text)[0])
        trace = OrderTrace(order.intent, dict(order.slots), order.rung, outcome="asked")
        return Done(order, question, trace, asks=True, waits=True)

    async def _take_back(self, order: Match, request: Request) -> None:
        """Undo what was misheard, where its sentences say how; the right order is carried out in any case."""
        grammar = self._grammar()
        undo = grammar.undo_of(order.intent)
        if undo is None or undo not in self._plugins.intents():
            return
        known = grammar.slots_of(undo)
        params = {name: value for name, value in order.slots.items() if name in known}
        result = await self._plugins.execute(undo, params, request)
        if not result.success:
            self._log.info("not taken back", intent=order.intent, code=result.error)

    async def _ask_plugin(self, order: Match, plugin: PluginIntent, request: Request, *, sure: bool) -> Done:
        trace = OrderTrace(
            order.intent,
            dict(order.slots),
            order.rung,
            plugin.plugin,
            plugin.title,
            acts=not plugin.read_only,
        )
        if (plugin.confirm or not sure) and not order.confirmed:
            question = _really(order, plugin)
            return Done(order, question, replace(trace, outcome="asked"), asks=True, waits=True)
        if order.replaces is not None:
            await self._take_back(order.replaces, request)
        result = await self._plugins.execute(order.intent, order.slots, request)
        if result.ask is not None:
            told = replace(trace, outcome="asked", ms=result.ms)
            return Done(order, result.ask.question, told, asks=True, waits=True, slot=result.ask.slot)
        outcome = "done" if result.success else "failed"
        told = replace(trace, outcome=outcome, ms=result.ms, receipt_id=result.receipt_id, error=result.error)
        if result.success and (result.speech is None or not plugin.quick):
            fallback = result.speech or (None if plugin.read_only else str(tool_data()["done"]))
            return Done(order, None, told, data=result.data, fallback=fallback)
        return Done(order, result.speech or "", told)


def _really(order: Match, plugin: PluginIntent, language: str = "fr") -> str:
    """The question before an order that must be confirmed."""
    words = tool_data(language)["confirm"]
    what = answers(language)["intents"].get(order.intent) or plugin.description.rstrip(".")
    values = [str(value) for value in order.slots.values() if isinstance(value, str | int | float)]
    details = words["details"].format(values=listed(values)) if values else ""
    return str(words["ask"].format(what=what[:1].lower() + what[1:], details=details))
