"""What the voice of the house has ready: rendered while nobody waits for the recogniser or for a voice."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from hive_mind.commands.interpret import lasting_replies
from hive_mind.commands.state import CommandState
from hive_mind.language.meanwhile import MEANWHILE
from hive_mind.language.messages import message
from hive_mind.server.core.speech.loop_clock import LoopClock
from hive_mind.server.core.speech.pool import Pool
from hive_mind.speech.pace import Pace
from hive_mind.speech.preparing import Preparer
from hive_mind.speech.speaking import spoken_forms
from hive_mind.speech.tts.cached import CachedVoice

EASILY_S = 4.0
"""From one phrase to the next that nobody waits for: about a fifth of a slow core."""

_HOUSE = "house"


def lasting_phrases(now: datetime) -> list[str]:
    """What may well be said at any time, to anybody.

    Args:
        now: aware time of the household.
    """
    return [
        *lasting_replies(CommandState(), now),
        *(message(key) for key in MEANWHILE),
    ]


class Ahead:
    """See above.

    Args:
        pace: learns how fast the voice is.
        easily_s: seconds between phrases that nobody waits for.
    """

    def __init__(self, pace: Pace, easily_s: float = EASILY_S) -> None:
        self._pace = pace
        self._easily_s = easily_s
        self._pool = Pool("ahead")
        self._preparer: Preparer | None = None
        self._running: asyncio.Task[None] | None = None

    def use(self, voice: CachedVoice) -> None:
        """Prepare with this voice from now on; what was wanted of another one is forgotten."""
        self._stop()
        self._preparer = Preparer(voice, self._pool.seat(_HOUSE), LoopClock(), self._pace)
        self._running = asyncio.create_task(self._preparer.run())

    def want(self, texts: Iterable[str], speed: float = 1.0) -> None:
        """Have the voice ready for these, the likeliest first.

        Args:
            texts: as written.
            speed: at which they will be said.
        """
        if self._preparer is not None:
            self._preparer.want(spoken_forms(texts), speed)

    async def want_easily(self, texts: Iterable[str]) -> None:
        """Have the voice ready for these too, one by one, so that whatever else runs here hardly notices."""
        for form in spoken_forms(texts):
            if self._preparer is not None:
                self._preparer.want_too(form)
            await asyncio.sleep(self._easily_s)

    @contextmanager
    def given_way(self) -> Iterator[None]:
        """Render nothing meanwhile: something is waited for."""
        if self._preparer is None:
            yield
            return
        with self._preparer.given_way():
            yield

    def close(self) -> None:
        """Prepare no more."""
        self._stop()
        self._pool.close()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._running = self._preparer = None
