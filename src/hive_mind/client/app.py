"""Putting a voice client together, and keeping it running."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import structlog

from hive_mind.client.access.admission import Admission
from hive_mind.client.access.credentials import CredentialsFile
from hive_mind.client.config import ClientConfig, stable_client_id
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.homecoming import Homecoming
from hive_mind.client.core.house_wishes import HouseWishes
from hive_mind.client.core.incoming import Incoming
from hive_mind.client.core.kept_questions import KeptQuestions, forget_kept
from hive_mind.client.core.naming import Naming
from hive_mind.client.core.parts import Parts, Status
from hive_mind.client.core.pipeline import VoiceLoop
from hive_mind.client.core.plugin_sentences import PluginSentences
from hive_mind.client.core.ringing import Ringer
from hive_mind.client.core.satellite import SatelliteLoop
from hive_mind.client.core.state import ClientState, Event
from hive_mind.client.core.timers import StateFile, Timekeeper
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.core.uptime import Uptime, system_uptime
from hive_mind.client.core.wake_lessons import Spawn, WakeLessons
from hive_mind.client.core.websocket import ServerLink, is_loopback, server_url
from hive_mind.client.core.worker import Worker
from hive_mind.client.engines import Engines
from hive_mind.client.own_settings import OwnSettings, knobs_of
from hive_mind.client.ui.expressing import NightHours
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import LinkError
from hive_mind.language.meanwhile import MEANWHILE
from hive_mind.language.messages import message
from hive_mind.mending import Mender
from hive_mind.paths import wake_words_dir
from hive_mind.protocol.messages import Capabilities, Forgotten, SettingsState
from hive_mind.protocol.session import ClientSession
from hive_mind.speech.endpointing import EndpointSettings
from hive_mind.speech.listening import Ear
from hive_mind.speech.pace import Pace
from hive_mind.speech.playout import PlayoutSink
from hive_mind.speech.preparing import Preparer
from hive_mind.speech.speaking import spoken_forms
from hive_mind.speech.wake_word.factory import word_names
from hive_mind.speech.wake_word.lessons import Learner
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.wake_lessons_file import LessonsFile

FIXED_PHRASES = (
    "not_heard",
    *MEANWHILE,
    "degraded",
    "cannot_answer_offline",
    "question_kept",
    "too_long",
)
"""Rendered at idle after the start."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """A voice client at work."""

    loop: VoiceLoop
    parts: Parts
    link: ServerLink
    lessons: WakeLessons | None = None

    def not_for_you(self) -> None:
        """A tap says that the last wake was false: it stops, and learns where it may."""
        self.loop.interrupt()
        if self.lessons is not None:
            self.lessons.was_false()


@asynccontextmanager
async def open_client(
    config: ClientConfig,
    engines: Engines,
    sink: PlayoutSink,
    *,
    clock: Clock | None = None,
    uptime: Uptime | None = None,
    settings: EndpointSettings | None = None,
    taking: TurnTaking | None = None,
    night: NightHours | None = None,
    on_turn: Callable[[TurnRecord], None] = lambda _: None,
    on_change: Callable[[ClientState], None] = lambda _: None,
) -> AsyncIterator[Client]:
    """A client whose link, timers and idle work run while in this context.

    Args:
        config: settings.
        engines: loaded and warm.
        sink: plays the answers.
        clock: the machine's by default.
        uptime: tells a clock that was set from a machine that slept; the machine's where the clock is.
        settings: of the endpointer.
        taking: how it takes turns; it listens always by default.
        night: the hours of the night, which the household may change.
        on_turn: told of each turn that ended.
        on_change: told of each new state.
    """
    if clock is None:
        clock, uptime = SystemClock(), system_uptime()
    client_id = stable_client_id(config)
    status = Status(on_change)
    workers = [Worker(name) for name in ("stt", "voice", "prepare")]
    pace = Pace()

    def _show_ringing() -> None:
        loop.ringing(on=bool(keeper.ringing))

    def _mirror() -> None:
        _show_ringing()
        ringer.hush(keeper.ringing)
        wishes.mirror()
        try:
            link.post(keeper.device_state(client_id))
        except LinkError:
            return  # it is sent when the link is back

    def _tell(state: SettingsState) -> None:
        with suppress(LinkError):  # it is sent when the link is back
            link.post(state)

    def _linked(event: Event) -> None:
        status.tell(event)
        if event is Event.LINK_UP:
            wishes.mirror(again=True)
            _mirror()
            homecoming.linked()
        elif event is Event.LINK_LOST:
            homecoming.lost()

    async def _remind(text: str) -> None:
        tasks.create_task(loop.announce(text))

    async def _offer(words: str, question: str) -> None:
        await loop.announce(words)
        parts.dialogue.asks(Match("kept_question"), question, "", clock.today())
        loop.follow_up()
        parts.dialogue.server_asks = False  # it is we who ask

    async def _sound(text: str) -> None:
        await loop.announce(text, ring=True, wanted=lambda: bool(keeper.ringing))

    ringer = Ringer(_sound, clock.today)
    state_file = StateFile(config.state_folder / "time.json")
    keeper = Timekeeper(state_file, clock, ringer.ring, _mirror, uptime, remind=_remind)
    satellite = config.profile == "satellite"
    capabilities = Capabilities(
        stt=not satellite,
        tts=not satellite,
        plays=True,
        local_commands=True,
        settings=True,
        wake_word=engines.wake is not None,
    )
    session = ClientSession(client_id, room=config.room, capabilities=capabilities)
    admission = Admission(server_url(config.server), CredentialsFile(config.state_folder), clock)
    link = ServerLink(
        config.server,
        session,
        clock,
        admission=admission,
        on_event=_linked,
        on_message=lambda unasked: incoming.take(unasked),
    )
    key = config.key.get_secret_value() if config.key else None
    corrections = CorrectionsFile(config.data_folder, key)
    mender = None if satellite else Mender(engines.grammar, engines.stt, workers[0], corrections)
    parts = Parts(
        stt=engines.stt,
        stt_worker=workers[0],
        voice=engines.voice,
        voice_worker=workers[1],
        preparer=Preparer(engines.voice, workers[2], clock, pace, lambda: keeper.speed),
        grammar=engines.grammar,
        keeper=keeper,
        sink=sink,
        clock=clock,
        link=link,
        shares_cpu=is_loopback(link.url),
        status=status,
        pace=pace,
        mender=mender,
    )

    parts.dialogue.server_there = lambda: link.connected

    preparing: list[asyncio.Task[None]] = []

    def _know(grammar: Grammar) -> None:
        engines.grammar = parts.grammar = grammar  # the former one is not kept
        if mender is not None:
            mender.know(grammar)
            if all(task.done() for task in preparing):  # else the next question that is unclear waits for it
                preparing[:] = [tasks.create_task(mender.prepare())]

    kept = KeptQuestions(config.data_folder, key) if config.keep_questions else None
    if kept is None:
        forget_kept(config.data_folder)
    parts.homecoming = homecoming = Homecoming(clock, lambda text: loop.announce(text), _offer, kept)

    def _forget(told: Forgotten) -> None:
        if kept is not None:
            kept.forget(told)
        if told.scope == "all":
            corrections.save(())
        parts.dialogue.forget()

    ear = Ear(engines.vad, settings, engines.wake)
    sentences = PluginSentences(_know, engines.grammar.robot_names)
    naming = Naming(engines, config.wake_words, ear, workers[0], link, sentences.rename)
    knobs = knobs_of(OwnSettings(config), keeper, session, naming, night or NightHours(config.night))
    known = partial(word_names, wake_words_dir(config.data_folder))
    wishes = HouseWishes(client_id, config.state_folder / "settings.json", knobs, _tell, known)
    made = SatelliteLoop if satellite else VoiceLoop
    lessons = _lessons(config, engines, key, lambda work: tasks.create_task(work))

    def _turn_over(record: TurnRecord) -> None:
        if lessons is not None:
            lessons.turn(record)
        on_turn(record)

    if lessons is not None:
        parts.on_wake = lessons.woke
    naming.lessons = lessons
    loop = made(parts, ear, taking, verify=naming.verify, on_turn=_turn_over)
    _show_ringing()
    lasting = keeper.lasting_replies()
    parts.preparer.want(spoken_forms([*lasting, *(message(key) for key in FIXED_PHRASES)]))
    try:
        async with asyncio.TaskGroup() as tasks:
            incoming = Incoming(loop, sentences, keeper, wishes, tasks.create_task, _forget)
            work = [link.run, admission.run, keeper.run, parts.preparer.run, homecoming.run]
            work += [kept.run] if kept is not None else []
            work += [lessons.run] if lessons is not None else []
            running = [tasks.create_task(part()) for part in work]
            try:
                yield Client(loop, parts, link, lessons)
            finally:
                for task in (*running, *preparing):
                    task.cancel()
                ringer.hush(())
    except BaseExceptionGroup as group:
        raise _first(group) from None
    finally:
        for worker in workers:
            worker.close()


def _lessons(config: ClientConfig, engines: Engines, key: str | None, spawn: Spawn) -> WakeLessons | None:
    """What learns from wakes; None without consent, and with a detector that cannot learn."""
    detector: object = engines.wake
    if not config.learn_wake_words or not isinstance(detector, Learner):
        return None
    return WakeLessons(detector, LessonsFile(config.data_folder, key), spawn)


def _first(error: BaseException) -> BaseException:
    """The fault itself, out of the groups that carry it, so that callers can tell it by its class."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
