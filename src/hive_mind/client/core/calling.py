"""Its name was heard: a second look where there is one, and the server gets ready."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hive_mind.client.core.parts import Parts
from hive_mind.errors import LinkError, SpeechError
from hive_mind.protocol.messages import WakeDetected
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import Wake
from hive_mind.speech.listening import Ear
from hive_mind.speech.speaking import spoken_forms
from hive_mind.speech.wake_word.cascade import SAME_CALL

MOST_LIKELY = 8
"""Replies rendered ahead while the user speaks: more than there is time for."""

VERDICT_S = 3.0
"""A verdict about a wake word comes within this, or is about another one."""

BRIEF_MS = 700
"""The detector may be sure of a name before it is over. What ends so soon after the end that it gives may
be no more than the last syllable: of 29 synthetic voices at two speeds none took longer, no question less."""

Verify = Callable[[Wake, Samples], Awaitable[bool]]
"""The second look at a wake word: whether it was one, given its audio."""

_log = structlog.get_logger(__name__)


class Calling:
    """Takes wake words from the ear.

    Args:
        parts: the link, and what is rendered ahead.
        ear: that heard it.
        verify: may veto; None trusts the ear and costs nothing.
        woken: told of a wake word that counts.
        time_of: when a sample was heard, on the client's clock.
    """

    def __init__(
        self,
        parts: Parts,
        ear: Ear,
        verify: Verify | None,
        woken: Callable[[Wake], None],
        time_of: Callable[[int], float],
    ) -> None:
        self._parts = parts
        self._ear = ear
        self._verify = verify
        self._woken = woken
        self._time_of = time_of
        self.wake_ms: float | None = None
        """How long it took to be sure of the last wake word, from its end to the decision."""
        self._at = -VERDICT_S
        self._end_sample: int | None = None

    @property
    def recent(self) -> bool:
        """Whether a verdict may be about the last wake word."""
        return self._parts.clock.now() - self._at <= VERDICT_S

    def just_named(self, end_sample: int) -> bool:
        """Whether what ends there may still be the name itself."""
        named = self._end_sample
        return named is not None and 0 <= end_sample - named <= BRIEF_MS * SAMPLE_RATE // 1000

    def name_in(self, samples: Samples) -> int:
        """How much of an utterance that ends now is its name, in samples."""
        named = self._end_sample
        return 0 if named is None else max(0, named - (self._ear.position - len(samples)))

    def heard(self, wake: Wake, tasks: asyncio.TaskGroup) -> None:
        """The first detector is sure."""
        if self._verify is None:
            self._accept(wake)
        else:
            tasks.create_task(self._look_again(wake, self._verify))

    async def _look_again(self, wake: Wake, verify: Verify) -> None:
        if self._known(wake):
            return
        try:
            real = await verify(wake, self._ear.call(wake))
        except SpeechError as error:
            _log.warning("wake word not verified", code=error.code)
            real = True
        if real and not self._known(wake) and not self._parts.status.state.muted:
            self._accept(wake)

    def _known(self, wake: Wake) -> bool:
        """Whether this is the call that was verified a moment ago."""
        return self._end_sample is not None and 0 <= wake.end_sample - self._end_sample < SAME_CALL

    def _accept(self, wake: Wake) -> None:
        self._at = self._parts.clock.now()
        self.wake_ms = round(max(0.0, self._at - self._time_of(wake.end_sample)) * 1000, 1)
        self._end_sample = wake.end_sample
        self._tell_server(
            WakeDetected(word=wake.word, score=wake.score, loudness=self._ear.loudness_of(wake))
        )
        self._parts.on_wake(wake)
        self._woken(wake)

    def spoken_to(self, *, unnamed: bool) -> None:
        """Somebody begins to speak to us: the server and the voice get ready, while the processor is idle.

        Args:
            unnamed: no wake word came before, so that the server does not know yet.
        """
        parts = self._parts
        if unnamed:
            self._tell_server(WakeDetected(word="", score=1.0, loudness=self._ear.loudness))
        parts.preparer.want(spoken_forms(parts.keeper.likely_replies()[:MOST_LIKELY]))

    def _tell_server(self, news: WakeDetected) -> None:
        link = self._parts.link
        if link is not None and link.connected:
            try:
                link.post(news)
            except LinkError as error:
                _log.debug("wake not sent", code=error.code)
