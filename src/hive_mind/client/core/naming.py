"""The wake words of a running client, and how they become others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from pydantic import JsonValue

from hive_mind.client.core.worker import Worker
from hive_mind.client.engines import Engines
from hive_mind.errors import ConfigError
from hive_mind.speech.audio import Samples, silence
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Wake, WakeWordVerifier
from hive_mind.speech.listening import Ear
from hive_mind.speech.wake_word.shifted import ShiftedWakeWords

_WARM_S = 2.0


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
        renamed: told how the new words may stand at the head of a transcript.
    """

    def __init__(
        self,
        engines: Engines,
        words: Mapping[str, float],
        ear: Ear,
        worker: Worker,
        renamed: Callable[[Sequence[str]], Awaitable[None]],
    ) -> None:
        self.words = dict(words)
        self._engines = engines
        self._ear = ear
        self._worker = worker
        self._renamed = renamed
        self._second: WakeWordVerifier | None = engines.wake_verifier

    @property
    def verify(self) -> Callable[[Wake, Samples], Awaitable[bool]] | None:
        """The second look at a wake word, in the recogniser's thread; None where there is none."""
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
        second = names.verifier
        if second is not None:
            for word in names.wake.words:
                await self._worker.run(partial(_warm, second, word))
        shifted = ShiftedWakeWords(names.wake, second, self._ear.position)
        self._second = None if second is None else shifted
        self._ear.listen_for(shifted)
        self.words = wanted
        await self._renamed(names.spellings)

    async def _verify(self, wake: Wake, samples: Samples) -> bool:
        second = self._second
        return second is None or await self._worker.run(lambda _: second.verify(wake, samples))
