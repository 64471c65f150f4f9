"""What all clients of one server share: the conversation, the model, the grammar, each other."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from hive_mind import __version__
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.language.messages import error_message
from hive_mind.protocol.messages import Error, Forget, Forgotten, Playout, ServerMessage
from hive_mind.protocol.session import ServerSession
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.access.desk import Desk, Safe
from hive_mind.server.core.access.tokens import SigningKey
from hive_mind.server.core.access.welcome import Door
from hive_mind.server.core.bulletin import Bulletin
from hive_mind.server.core.context import Context
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.downloads import Downloads
from hive_mind.server.core.ending import Tasks
from hive_mind.server.core.entry import Entry, as_event
from hive_mind.server.core.far_client import FarClient
from hive_mind.server.core.household_time import household_time
from hive_mind.server.core.ladder import Mind
from hive_mind.server.core.link import GOING_AWAY, RESTART, Rechecked
from hive_mind.server.core.llm.allowance import Allowance
from hive_mind.server.core.llm.changing import ChangingModel
from hive_mind.server.core.llm.engine import Chat, LanguageModel
from hive_mind.server.core.llm.fallback import counted
from hive_mind.server.core.llm.prompt import Abilities, History, chat, persona
from hive_mind.server.core.llm.rationed import RationedModel
from hive_mind.server.core.llm.tool_prompt import choosing_chat
from hive_mind.server.core.llm.tools import Offer
from hive_mind.server.core.memory_limit import MemoryLimit
from hive_mind.server.core.mending import TextMender
from hive_mind.server.core.metrics.metered_model import MeteredModel
from hive_mind.server.core.metrics.meters import Meters
from hive_mind.server.core.news import News
from hive_mind.server.core.offering import offers_of
from hive_mind.server.core.pace import Pace
from hive_mind.server.core.peers import Peers
from hive_mind.server.core.plugin_house import HousePlugins
from hive_mind.server.core.quality.journal import Journal
from hive_mind.server.core.remembering import Memory, Remembering
from hive_mind.server.core.rooms import InRoom
from hive_mind.server.core.settings.effects import Effects
from hive_mind.server.core.settings.fixed import persona_of
from hive_mind.server.core.settings.keeper import SettingsKeeper
from hive_mind.server.core.speech.ahead import lasting_phrases
from hive_mind.server.core.speech.engines import Load
from hive_mind.server.core.speech.house_speech import HouseSpeech
from hive_mind.server.core.trace import Traces
from hive_mind.server.core.warm_grammar import warm_grammar
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Grammar

if TYPE_CHECKING:
    from hive_mind.server.core.key_rotation import KeyRotation
    from hive_mind.server.core.remote_client import RemoteClient

_CLOSE_S = 1.0
_DUTIES_S = 10.0


class House:
    """One household, served by this process.

    Args:
        config: settings.
        grammar: what is understood without a model.
        context: the shared conversation.
        model: answers the rest.
        vault: seals what plugins keep.
        safe: keeps the register of clients.
        owner: signs the tokens of commands on this machine.
        speech: loads the engines for clients without their own; None where that is switched off.
        settings: what the household has set; the defaults without it.
        own_model: the household may choose another model.
        own_speech: the household may choose other engines of speech.
    """

    def __init__(
        self,
        config: ServerConfig,
        grammar: Grammar,
        context: Context,
        model: LanguageModel,
        vault: Vault,
        safe: Safe,
        owner: SigningKey | None = None,
        speech: Load | None = None,
        *,
        settings: SettingsKeeper | None = None,
        own_model: bool = True,
        own_speech: bool = True,
    ) -> None:
        self.config = config
        self._tasks = Tasks("house")
        self.settings = settings or SettingsKeeper(context, self.now)
        self.grammar = grammar
        self.context = context
        self.meters = Meters(__version__, time.time())
        self._thinking = ChangingModel(counted(model, self.meters.llm_local.inc))
        self.model: LanguageModel = MeteredModel(self._thinking, self.meters)
        self.bulletin = Bulletin()
        self.journal = Journal(context, self.now, config.context_days)
        self.news = News(self.meters, self.journal, self.bulletin)
        self.downloads = Downloads(self.bulletin)
        self.traces = Traces()
        kept = CorrectionsFile(config.data_path, config.key.get_secret_value() if config.key else None)
        self.mender = TextMender(lambda: self.grammar, kept)
        self.speech = HouseSpeech(
            speech,
            kept,
            lambda: self.grammar,
            self.meters.on_engine,
            lambda: lasting_phrases(self.now()),
        )
        self.plugins = HousePlugins(
            self,
            vault,
            config.data_path / "plugin-data",
            config.plugins_path,
            lambda *folders: warm_grammar(self.name, *folders),
        )
        self.effects = Effects(self, own_model=own_model, own_speech=own_speech)
        self.remembering = Remembering(context, self.traces, self.forget)
        self.remotes: dict[str, RemoteClient] = {}
        self.greeted: dict[str, RemoteClient] = {}
        """Those that have said hello: the others know no messages outside the specification, and no room."""
        self.access = Desk(
            safe,
            self.spawn,
            trust_loopback=config.trust_loopback,
            closed=config.pairing == "on",
            owner=owner,
        )
        self.door = Door(self.access)
        self.keys: KeyRotation | None = None
        self.access.listen(self._recheck)
        self.links: set[Rechecked] = set()
        self.connections = 0
        self.stopping = False
        most = config.house_messages_s, config.house_voice_s
        self.pace = Pace(context.fields.count_all, time.monotonic, *most)
        self.memory = MemoryLimit(config.memory_mb)
        self._history = History(config.history_chars)
        self._allowance = Allowance(context.fields.count, config.llm_client_s, config.llm_house_s, self.spawn)
        self.peers = Peers(
            context.publish,
            self._present,
            self._deliver,
            self.plugins.actions.confirm,
            self._changed_elsewhere,
            time.monotonic,
            self._see_again,
        )
        self.peers.on_wrong = self.access.wrong_elsewhere
        self.access.tell_wrong = self.peers.tell_wrong
        context.on_event = self.peers.take
        context.on_joined = self.peers.joined
        context.others = lambda: bool(self.peers.alive)
        self._offers: tuple[tuple[int, Grammar], tuple[Offer, ...]] | None = None
        self._log = get_logger("house")
        context.listen(self._share)
        self.settings.listen(self.news.on_settings)

    @property
    def name(self) -> str:
        """What the assistant calls itself."""
        return persona_of(self.config, self.settings.values)

    def now(self) -> datetime:
        """The household's time, with its zone."""
        return household_time(self.config)

    def new_turn_id(self) -> str:
        """A fresh name for something said unasked."""
        return f"a-{secrets.token_hex(8)}"

    def prompt(self, question: str, memory: Memory | None = None) -> Chat:
        """The chat for a question, from the conversation so far: the house's, or a guest's own."""
        guest = memory is not None and memory is not self.context
        history = History(self.config.history_chars) if guest else self._history
        past = history.window(memory.tail if guest and memory is not None else self.context.tail)
        host = self.plugins.host
        # A very small model would weave the descriptions into its answers.
        told = host.descriptions() if self.model.capabilities.tools else ()
        house = Abilities(told, frozenset(host.intents()))
        facts = self.settings.values.facts
        return chat(persona(self.name, self.now().date(), house, facts), past, question)

    def offers(self) -> tuple[Offer, ...]:
        """The tools that the plugins of the moment are to the language model."""
        state = (self.plugins.host.version, self.grammar)
        if self._offers is None or self._offers[0] != state:
            host = self.plugins.host
            self._offers = (state, offers_of(host.tools(), host.intents(), self.grammar))
            if self.model.capabilities.tools and self._offers[1]:
                self.model.keep_ready(self.choosing(""))
        return self._offers[1]

    def choosing(self, question: str) -> Chat:
        """The chat in which the model chooses a tool."""
        return choosing_chat(self.offers(), self.plugins.host.prompt_context(), question)

    def mind(self, client_id: str, memory: Memory) -> Mind:
        """What a client thinks with.

        Args:
            client_id: on whose allowance; guests share one, so that nothing tells of any of them.
            memory: of the conversation that it takes part in.
        """
        prompt = partial(self.prompt, memory=memory)
        # A guest leaves not even a name: all guests share one allowance.
        model = RationedModel(self.model, self._allowance, client_id if memory is self.context else "")
        return Mind(lambda: self.grammar, self.offers, self.choosing, prompt, model, self.now)

    async def renew_model(self, make: Callable[[], LanguageModel]) -> None:
        """Think with another model, or with another beginning of every prompt."""
        await self._thinking.become(lambda: counted(make(), self.meters.llm_local.inc))
        self._offers = None
        await self.warm()

    async def warm(self) -> None:
        """Have the model read the conversation so far, so that only the question remains."""
        self.offers()
        if self.model.capabilities.warms:
            await self.model.prepare(self.prompt(""))

    def _recheck(self) -> None:
        """Clients or their rights have changed."""
        for link in list(self.links):
            link.recheck()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something that no connection owns; a fault in it is logged."""
        return self._tasks.spawn(work)

    def remote(self, client_id: str) -> "RemoteClient | None":
        """The client as known here, if it is."""
        return self.remotes.get(client_id)

    def gone_s(self, client_id: str) -> float | None:
        """For how long a client that is known here has been without a link; None for all others."""
        remote = self.remotes.get(client_id)
        if remote is None or remote.link is not None or remote.left_at is None:
            return None
        return asyncio.get_running_loop().time() - remote.left_at

    def room_of(self, client_id: str) -> str | None:
        """Where a client stands, if that is known."""
        remote = self.remotes.get(client_id)
        return self.settings.values.client(client_id).room if remote is None else remote.room

    def places(self) -> list[InRoom]:
        """Clients that may stand in a room: ours, then those of other servers."""
        far = (
            FarClient(client_id, room, self.context, self.now, self.peers.state_changed)
            for client_id, room in self.peers.clients.items()
            if client_id not in self.remotes or self.remotes[client_id].link is None
        )
        alone = not self.peers.alive
        return [*(r for r in self.greeted.values() if r.link is not None or alone), *far]

    async def leads(self) -> bool:
        """Whether this is the server that does what the house needs done once."""
        return not self.peers.alive or await self.context.claim("duties", _DUTIES_S)

    def _present(self) -> dict[str, str | None]:
        return {name: remote.room for name, remote in self.remotes.items() if remote.link is not None}

    def _see_again(self) -> None:
        self.spawn(self.context.refresh())

    def _deliver(self, client_id: str | None, message: ServerMessage) -> None:
        if isinstance(message, Forgotten):
            self._forgotten(message)
            return
        for remote in list(self.remotes.values()):
            if remote.link is not None and client_id in (None, remote.client_id):
                remote.send(message)

    def _changed_elsewhere(self, client_id: str) -> None:
        remote = self.remotes.get(client_id)
        if remote is not None:
            self.spawn(remote.keeper.reload())

    def forget_client(self, remote: "RemoteClient") -> None:
        """Its session has been away for too long."""
        if remote.link is None and self.remotes.get(remote.client_id) is remote:
            remote.keeper.rest()
            del self.remotes[remote.client_id]
            self.greeted.pop(remote.client_id, None)
            self.news.on_client()

    def make_room(self) -> None:
        """Forget the client that has been away for longest, when too many are remembered."""
        away = [r for r in self.remotes.values() if r.link is None and not r.turns.busy]
        if away and len(self.remotes) >= 2 * self.config.max_clients:
            self.forget_client(min(away, key=lambda remote: remote.left_at or 0.0))

    def part_with(self, remote: "RemoteClient") -> None:
        """Forget a client as it was: it has become a guest, or is one no more."""
        remote.turns.interrupt()
        remote.keeper.rest()
        if remote.link is not None:
            remote.link.close(RESTART, "RIGHTS_CHANGED")
        self.remotes.pop(remote.client_id, None)
        self.greeted.pop(remote.client_id, None)

    def session_of(self, client_id: str, session_id: str | None) -> ServerSession | None:
        """The session that a client wants to resume, if it is still known."""
        remote = self.remotes.get(client_id)
        return remote.session if remote is not None and remote.session.session_id == session_id else None

    async def forget(self, wish: Forget) -> int:
        """Erase a turn, a day or everything; answer how many messages.

        Raises:
            ContextError: the store is away and was not changed, or the wish is incomplete.
        """
        erased = await self.context.forget(wish.scope, wish.turn_id, wish.day)
        await self.journal.forget(wish.scope, wish.turn_id, wish.day)
        self.bulletin.tell("lost")
        if wish.scope == "all":
            await self.mender.forget()
        told = Forgotten(scope=wish.scope, forgotten_turn=wish.turn_id, day=wish.day)
        self._forgotten(told)
        self.peers.tell(None, told)
        self._log.info("forgotten", scope=wish.scope, messages=erased)
        self.spawn(self.warm())
        return erased

    def _forgotten(self, told: Forgotten) -> None:
        """Something was erased, here or by another server: nothing of it stays in memory or at clients."""
        self.traces.forget(told.forgotten_turn if told.scope == "turn" else None)
        for remote in list(self.remotes.values()):
            if not remote.talk.private:
                remote.session.log.acknowledge(remote.session.last_seq)
                remote.send(told)

    def on_playout(self, playout: Playout, room: str | None) -> None:
        """Close the latency measure of a turn."""
        trace = self.traces.find(playout.turn_id)
        if trace is None or playout.state != "started" or playout.since_question_ms is None:
            return
        if trace.playout_ms is None:
            self.news.on_sound(trace, playout.since_question_ms, room, trace.note(playout.stages_ms or {}))
        self._log.info("heard", turn_id=playout.turn_id, since_question_ms=playout.since_question_ms)

    async def stop(self) -> None:
        """Let running answers end, for a while; cut the rest; say goodbye to everybody."""
        self.stopping = True
        self.bulletin.close()
        remotes = list(self.remotes.values())
        waits = [asyncio.create_task(remote.turns.finished()) for remote in remotes if remote.turns.busy]
        if waits:
            await asyncio.wait(waits, timeout=self.config.stop_grace_s)
            for remote in remotes:
                remote.turns.interrupt()
            await asyncio.wait(waits, timeout=_CLOSE_S)
        for remote in remotes:
            remote.keeper.rest()
            if remote.link is not None:
                remote.link.put(
                    Error(code="SERVER_STOPPING", message=error_message("SERVER_STOPPING"), recoverable=True)
                )
                remote.link.close(GOING_AWAY, "SERVER_STOPPING")

    async def close(self) -> None:
        """Cancel what still runs."""
        self.downloads.close()
        await self.peers.leave()
        self.mender.close()
        self.speech.close()
        await self._tasks.end()

    def _share(self, entry: Entry) -> None:
        """Show what was said to the other clients, and on the page."""
        self.news.on_entry(entry, self.room_of(entry.client_id))
        others = [
            remote
            for remote in self.greeted.values()
            if remote.link is not None
            and remote.client_id != entry.client_id
            and not remote.who.rights.private
        ]
        if others:
            event = as_event(entry)
            for remote in others:
                remote.send(event)
