"""Hearing and speaking of the whole house: engines that load when first needed, and their threads."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import psutil

from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import HiveMindError, SpeechError
from hive_mind.mending import Mender
from hive_mind.protocol.messages import ServerMessage, Welcome
from hive_mind.server.core.speech.ahead import Ahead
from hive_mind.server.core.speech.engines import Load, SpeechEngines
from hive_mind.server.core.speech.opus import opus_is_read
from hive_mind.server.core.speech.pool import Pool
from hive_mind.server.logs import get_logger
from hive_mind.speech.engines import Transcript
from hive_mind.speech.pace import Pace
from hive_mind.understanding.decision import Decision
from hive_mind.understanding.grammar import Grammar

PREPARE_AFTER_S = 3.0

_MENDING = "mending"


class HouseSpeech:
    """See above.

    Args:
        load: loads the engines; None where speech is switched off.
        file: what the house has corrected.
        grammar: of now.
        told: takes what worked ("ears", "stt", "tts") and for how many seconds.
        phrases: what may well be said at any time; rendered when there is nothing else to do.
    """

    def __init__(
        self,
        load: Load | None,
        file: CorrectionsFile,
        grammar: Callable[[], Grammar],
        told: Callable[[str, float], None] = lambda *_: None,
        phrases: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.memory_bytes = 0
        """By how much loading the engines has made this process grow."""
        self.ears = Pool("ears", told=told)
        """Voice activity detection: a hundredth of a core for each who speaks."""
        self.pace = Pace()
        self.ahead = Ahead(self.pace)
        """What is rendered before it is asked for."""
        self.recogniser = Pool("stt", told=told, around=self.ahead.given_way)
        self.voice = Pool("tts", told=told, around=self.ahead.given_way)
        self._load = load
        self._file = file
        self._grammar = grammar
        self._phrases = phrases
        self._engines: asyncio.Future[SpeechEngines] | None = None
        self._preparing: asyncio.Future[None] | None = None
        self._loading: asyncio.Future[None] | None = None
        self._mender: tuple[Grammar, Mender] | None = None
        self._log = get_logger("speech")

    @property
    def state(self) -> str:
        """For `/health`: off, idle (it loads when needed), loading, ready or failed."""
        if self._load is None:
            return "off"
        if self._engines is None:
            return "idle"
        if not self._engines.done():
            return "loading"
        return "failed" if self._engines.cancelled() or self._engines.exception() else "ready"

    async def engines(self) -> SpeechEngines:
        """The engines, loaded by whoever asks first; a load that failed is tried again by the next one.

        Raises:
            SpeechError: AUDIO_UNSUPPORTED, they cannot be had.
        """
        if self._load is None:
            raise _unsupported()
        if self._engines is None or self.state == "failed":
            self._engines = asyncio.ensure_future(self._start(self._load))
        try:
            return await asyncio.shield(self._engines)
        except HiveMindError as error:
            self._log.warning("speech not loaded", code=error.code, reason=error.message)
            raise _unsupported() from error

    async def _start(self, load: Load) -> SpeechEngines:
        before = psutil.Process().memory_info().rss
        engines = await asyncio.to_thread(load)
        self.memory_bytes = max(0, psutil.Process().memory_info().rss - before)
        self.ahead.use(engines.voice)
        self._preparing = asyncio.ensure_future(self._prepare(engines))
        return engines

    async def _prepare(self, engines: SpeechEngines) -> None:
        """Do early what the first repair would wait for, but not before what somebody says just now."""
        await asyncio.sleep(PREPARE_AFTER_S)
        await self._mender_of(engines).prepare()
        await self.ahead.want_easily(self._phrases())

    async def before_all_else(self, answer: Callable[[], Awaitable[None]]) -> None:
        """Answer a question: nothing is rendered ahead meanwhile."""
        with self.ahead.given_way():
            await answer()

    def load_anew(self, load: Load) -> None:
        """Other engines are wanted: they are loaded when next needed, or now where some are at work."""
        if self._load is None:
            return
        working = self._engines is not None
        self._load, self._engines, self._mender = load, None, None
        if working:
            self._loading = asyncio.ensure_future(self.get_ready())

    async def get_ready(self) -> None:
        """Load now what will soon be needed; a fault is told to whoever needs it."""
        with suppress(SpeechError):
            await self.engines()

    def offer(self, answer: ServerMessage) -> ServerMessage:
        """A welcome says in which formats a voice may come; any other message is as it was."""
        if not isinstance(answer, Welcome) or self._load is None or not opus_is_read():
            return answer
        return answer.model_copy(update={"audio_formats": ("opus", "pcm_s16le")})

    def refuse_if_off(self) -> None:
        """Say at once what is known to be impossible.

        Raises:
            SpeechError: AUDIO_UNSUPPORTED, speech is switched off here.
        """
        if self._load is None:
            raise _unsupported()

    async def by_ear(self, heard: Transcript, expecting: str | None) -> Decision:
        """What was meant by what was heard here and no sentence matches."""
        return await self._mender_of(await self.engines()).mend(heard, expecting=expecting)

    def _mender_of(self, engines: SpeechEngines) -> Mender:
        grammar = self._grammar()
        if self._mender is None:
            seat = self.recogniser.seat(_MENDING)
            self._mender = (grammar, Mender(grammar, engines.stt, seat, self._file))
        known, mender = self._mender
        if known is not grammar:
            mender.know(grammar)
            self._mender = (grammar, mender)
        return mender

    def close(self) -> None:
        """Let the threads end."""
        if self._preparing is not None:
            self._preparing.cancel()
        if self._loading is not None:
            self._loading.cancel()
        self.ahead.close()
        for pool in (self.ears, self.recogniser, self.voice):
            pool.close()


def _unsupported() -> SpeechError:
    return SpeechError("This server does not recognise speech.", code="AUDIO_UNSUPPORTED")
