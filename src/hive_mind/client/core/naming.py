"""The wake words of a running client, and how they become others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from pydantic import JsonValue

from hive_mind.client.core.calling import Verify
from hive_mind.client.core.remote_verdict import RemoteVerdict
from hive_mind.client.core.wake_lessons import WakeLessons
from hive_mind.client.core.websocket import ServerLink
from hive_mind.client.core.worker import Worker
from hive_mind.client.engines import Engines
from hive_mind.errors import ConfigError
from hive_mind.speech.audio import Samples, silence
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Wake, WakeWordDetector, WakeWordVerifier
from hive_mind.speech.listening import Ear
from hive_mind.speech.wake_word.lessons import Learner
from hive_mind.speech.wake_word.shifted import ShiftedWakeWords
from hive_mind.speech.wake_word.unverified import UnverifiedWakeWords

_WARM_S = 2.0


def second_look(
    wake: WakeWordDetector | None, verifier: WakeWordVerifier | None, worker: Worker, link: ServerLink
) -> Verify | None:
    """The second look at a wake word, by our recogniser or by the server; None where there is none.

    Args:
        wake: hears it.
        verifier: looks twice, if there is one here.
        worker: of the recogniser.
        link: to the server.
    """
    if isinstance(wake, UnverifiedWakeWords):
        return RemoteVerdict(link, wake)
    if verifier is None:
        return None

    async def _verify(wake: Wake, samples: Samples) -> bool:
        return await worker.run(lambda _: verifier.verify(wake, samples))

    return _verify


def _warm(verifier: WakeWordVerifier, word: str, _: CancelToken) -> None:
    """Do now what the first verification would wait for."""
    verifier.verify(Wake(word, 0.0, 0), silence(_WARM_S))


class Naming:
    """See above.

    Args:
        engines: loaded.
        words: that it listens for, each with its sensitivity.
        ear: listens for them.
        worker: of the recogniser, which looks twice.
        link: to the server, which may look twice.
        renamed: told how the new words may stand at the head of a transcript.
    """

    def __init__(
        self,
        engines: Engines,
        words: Mapping[str, float],
        ear: Ear,
        worker: Worker,
        link: ServerLink,
        renamed: Callable[[Sequence[str]], Awaitable[None]],
    ) -> None:
        self.words = dict(words)
        self._engines = engines
        self._ear = ear
        self._worker = worker
        self._link = link
        self._renamed = renamed
        self._shift: ShiftedWakeWords | None = None
        self._second = second_look(engines.wake, engines.wake_verifier, worker, link)
        self.lessons: WakeLessons | None = None
        """What learns from wakes, if anything may."""

    @property
    def verify(self) -> Verify | None:
        """The second look at a wake word; None where there is none."""
        return None if self._second is None else self._verify

    def refuse_if_deaf(self) -> None:
        """Where no wake word is listened for, none can be changed.

        Raises:
            ConfigError: SETTING_NOT_HERE.
        """
        if self._engines.wake is None or self._engines.name_it is None:
            raise ConfigError("This client listens for no wake word.", code="SETTING_NOT_HERE")

    async def listen_for(self, words: JsonValue) -> None:
        """Answer to these from now on; the old ones count until the new ones are loaded.

        Raises:
            ConfigError: SETTING_NOT_HERE.
            ModelError: a word is unknown or its model is missing; the old ones stay.
        """
        self.refuse_if_deaf()
        assert self._engines.name_it is not None  # noqa: S101 - looked at above
        named = words if isinstance(words, dict) else {}
        wanted = {word: float(share) for word, share in named.items() if isinstance(share, int | float)}
        names = await asyncio.to_thread(self._engines.name_it, wanted)
        if names.verifier is not None:
            for word in names.wake.words:
                await self._worker.run(partial(_warm, names.verifier, word))
        detector: object = names.wake
        if self.lessons is not None and isinstance(detector, Learner):
            await self.lessons.follow(detector)
        self._shift = ShiftedWakeWords(names.wake, self._ear.position)
        self._second = second_look(names.wake, names.verifier, self._worker, self._link)
        self._ear.listen_for(self._shift)
        self.words = wanted
        await self._renamed(names.spellings)

    async def _verify(self, wake: Wake, samples: Samples) -> bool:
        own = wake if self._shift is None else self._shift.own(wake)
        return self._second is None or await self._second(own, samples)
