"""Putting a voice client together, and keeping it running."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from hive_mind.client.config import ClientConfig, stable_client_id
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.corrections_file import CorrectionsFile
from hive_mind.client.core.listening import Ear
from hive_mind.client.core.mending import Mender
from hive_mind.client.core.pace import Pace
from hive_mind.client.core.parts import Parts, Status
from hive_mind.client.core.pipeline import VoiceLoop
from hive_mind.client.core.playout import PlayoutSink
from hive_mind.client.core.plugin_sentences import PluginSentences
from hive_mind.client.core.preparing import Preparer
from hive_mind.client.core.speaking import spoken_forms
from hive_mind.client.core.state import ClientState, Event
from hive_mind.client.core.timers import StateFile, Timekeeper
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.core.websocket import ServerLink, is_loopback
from hive_mind.client.core.worker import Worker
from hive_mind.client.engines import Engines
from hive_mind.commands.interpret import Rung, ring_text
from hive_mind.errors import LinkError
from hive_mind.language.messages import message
from hive_mind.protocol.messages import (
    Announce,
    AnyServerMessage,
    Capabilities,
    FollowUp,
    Sentences,
)
from hive_mind.protocol.session import ClientSession
from hive_mind.speech.endpointing import EndpointSettings
from hive_mind.understanding.grammar import Grammar

FIXED_PHRASES = ("not_heard", "degraded", "cannot_answer_offline", "too_long")
"""Rendered at idle after the start."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """A voice client at work."""

    loop: VoiceLoop
    parts: Parts
    link: ServerLink


@asynccontextmanager
async def open_client(
    config: ClientConfig,
    engines: Engines,
    sink: PlayoutSink,
    *,
    clock: Clock | None = None,
    settings: EndpointSettings | None = None,
    always_listening: bool = True,
    answer_silence: bool = False,
    on_turn: Callable[[TurnRecord], None] = lambda _: None,
    on_change: Callable[[ClientState], None] = lambda _: None,
) -> AsyncIterator[Client]:
    """A client whose link, timers and idle work run while in this context.

    Args:
        config: settings.
        engines: loaded and warm.
        sink: plays the answers.
        clock: the machine's by default.
        settings: of the endpointer.
        always_listening: otherwise after `VoiceLoop.listen` alone.
        answer_silence: say so when nothing intelligible was heard.
        on_turn: told of each turn that ended.
        on_change: told of each new state.
    """
    clock = clock or SystemClock()
    client_id = stable_client_id(config)
    status = Status(on_change)
    workers = [Worker(name) for name in ("stt", "voice", "prepare")]
    pace = Pace()

    def _mirror() -> None:
        try:
            link.post(keeper.device_state(client_id))
        except LinkError:
            return  # it is sent when the link is back

    def _linked(event: Event) -> None:
        status.tell(event)
        if event is Event.LINK_UP:
            _mirror()

    def _told(unasked: AnyServerMessage) -> None:
        if isinstance(unasked, Announce):
            tasks.create_task(loop.announce(unasked.text))
        elif isinstance(unasked, FollowUp):
            loop.follow_up()
        elif isinstance(unasked, Sentences):
            tasks.create_task(sentences.take(unasked))

    async def _ring(rung: Rung) -> None:
        tasks.create_task(loop.announce(ring_text((rung,)), ring=True))

    capabilities = Capabilities(stt=True, tts=True, local_commands=True)
    session = ClientSession(client_id, room=config.room, capabilities=capabilities)
    link = ServerLink(config.server, session, clock, on_event=_linked, on_message=_told)
    keeper = Timekeeper(StateFile(config.state_folder / "time.json"), clock, _ring, _mirror)
    preparer = Preparer(engines.voice, workers[2], clock, pace, lambda: keeper.speed)
    parts = Parts(
        stt=engines.stt,
        stt_worker=workers[0],
        voice=engines.voice,
        voice_worker=workers[1],
        preparer=preparer,
        grammar=engines.grammar,
        keeper=keeper,
        sink=sink,
        clock=clock,
        link=link,
        shares_cpu=is_loopback(link.url),
        status=status,
        pace=pace,
    )

    key = config.key.get_secret_value() if config.key else None
    corrections = CorrectionsFile(config.data_folder, key)
    parts.mender = mender = Mender(engines.grammar, engines.stt, workers[0], corrections)

    def _know(grammar: Grammar) -> None:
        parts.grammar = grammar
        mender.know(grammar)

    sentences = PluginSentences(_know)
    loop = VoiceLoop(
        parts,
        Ear(engines.vad, settings),
        barge_in=config.barge_in,
        always_listening=always_listening,
        answer_silence=answer_silence,
        on_turn=on_turn,
    )
    lasting = keeper.lasting_replies()
    preparer.want(spoken_forms([*lasting, *(message(key) for key in FIXED_PHRASES)]))
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(part()) for part in (link.run, keeper.run, preparer.run)]
            try:
                yield Client(loop, parts, link)
            finally:
                for task in running:
                    task.cancel()
    except BaseExceptionGroup as group:
        raise _first(group) from None
    finally:
        for worker in workers:
            worker.close()


def _first(error: BaseException) -> BaseException:
    """The fault itself, out of the groups that carry it, so that callers can tell it by its class."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
