"""What one client streams: at most one utterance at a time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import AudioEnd, AudioStart
from hive_mind.protocol.opus_packets import packet_seconds
from hive_mind.server.core.speech.engines import SpeechEngines
from hive_mind.server.core.speech.hearing import Hearing
from hive_mind.server.core.speech.house_speech import HouseSpeech
from hive_mind.server.core.speech.listener import Listener
from hive_mind.server.core.speech.wake_check import WakeCheck
from hive_mind.speech.listening import Ear


class Spawns(Protocol):
    """Runs what no connection owns, and logs its faults."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it."""
        ...


class Stream:
    """The rules of `audio_start` and `audio_end`.

    A new utterance replaces one whose end was not heard yet. Audio that comes after the end was heard, until
    `audio_end`, is not wanted any more and ignored. A wake word that is to be verified stands beside it: from
    its `audio_start` to its `audio_end` the audio is its own.

    Args:
        client_id: who streams.
        speech: engines and threads.
        listener: told what is heard.
        house: runs the work.
    """

    def __init__(self, client_id: str, speech: HouseSpeech, listener: Listener, house: Spawns) -> None:
        self._client_id = client_id
        self._speech = speech
        self._listener = listener
        self._house = house
        self._open = False
        self._packed = False
        self._hearing: Hearing | None = None
        self._task: asyncio.Task[None] | None = None
        self._ear: Ear | None = None
        self._check: WakeCheck | None = None
        self._checking: asyncio.Task[None] | None = None

    def start(self, start: AudioStart) -> None:
        """An utterance begins, or a wake word that is to be verified.

        Raises:
            SpeechError: AUDIO_UNSUPPORTED.
        """
        self._speech.refuse_if_off()
        self._packed = start.format == "opus"
        if start.wake is not None:
            self._drop_check()
            self._check = WakeCheck(start, start.wake, self._speech, self._client_id, self._listener)
            self._checking = self._house.spawn(self._check.run())
            return
        self.drop()
        hearing = Hearing(start, self._speech, self._client_id, self._listener, self._fresh_ear)
        self._hearing, self._open = hearing, True
        self._task = self._house.spawn(hearing.run())

    def packed_seconds(self, data: bytes) -> float:
        """How much sound a piece of audio holds where it is packed; 0 where it is not."""
        return packet_seconds(data) if self._packed else 0.0

    def feed(self, data: bytes) -> None:
        """A piece of audio.

        Raises:
            ProtocolError: AUDIO_UNEXPECTED outside an utterance, and as `Hearing.feed`; after AUDIO_TOO_LONG
                the utterance is dropped.
        """
        if self._check is not None:
            self._feed_check(self._check, data)
            return
        if not self._open or self._hearing is None:
            raise ProtocolError(f"{len(data)} bytes of audio without audio_start.", code="AUDIO_UNEXPECTED")
        try:
            self._hearing.feed(data)
        except ProtocolError as error:
            if error.code == "AUDIO_TOO_LONG":
                self._stop()
            raise

    def end(self, end: AudioEnd) -> None:
        """The client says that an utterance is complete.

        Raises:
            ProtocolError: AUDIO_UNEXPECTED, there was no such utterance.
        """
        if self._check is not None and self._check.utterance_id == end.utterance_id:
            self._check.end()
            self._check = None
            return
        if not self._open or self._hearing is None or self._hearing.utterance_id != end.utterance_id:
            raise ProtocolError("An audio_end without its audio_start.", code="AUDIO_UNEXPECTED")
        self._open = False
        self._hearing.end()

    def drop(self, utterance_id: str | None = None) -> None:
        """The client is gone, gives up, or begins anew: forget an utterance whose end was not heard.

        Args:
            utterance_id: this one alone.
        """
        if utterance_id is None:
            self._drop_check()
        if utterance_id is not None and (self._hearing is None or self._hearing.utterance_id != utterance_id):
            return
        self._open = False
        self._stop()

    def _stop(self) -> None:
        hearing, task, self._task = self._hearing, self._task, None
        if hearing is not None and task is not None and not task.done():
            task.cancel()
            self._listener.on_unsaid(hearing.utterance_id)

    def _feed_check(self, check: WakeCheck, data: bytes) -> None:
        try:
            check.feed(data)
        except ProtocolError as error:
            if error.code == "AUDIO_TOO_LONG":
                self._drop_check()
            raise

    def _drop_check(self) -> None:
        self._check = None
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    def _fresh_ear(self, engines: SpeechEngines) -> Ear:
        if self._ear is None:
            self._ear = Ear(engines.vad())
        self._ear.restart()
        return self._ear
