"""From a text that no sentence matches to what was probably said: by sound alone, for clients without an ear.

Strict, for the text may have been typed: what sounds the same is taken for it, what nearly does is asked
about, everything else stays as it is.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ConfigError
from hive_mind.server.logs import get_logger
from hive_mind.understanding.corrections import Correction, recall, remember
from hive_mind.understanding.decision import REJECTED, Decision, Weighed, decide
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.openings import openings
from hive_mind.understanding.repair import Repairer

MOST_CANDIDATES = 6

PATIENCE_S = 0.4
"""A turn waits no longer: a grammar is read when the first text needs it, which then is not repaired."""


class TextMender:
    """Repairs texts in a thread of its own, and remembers what the house corrects.

    Args:
        grammar: the live one; a twin of it works in the thread.
        file: where corrections are kept; a client on this machine keeps its own in the same place.

    Attributes:
        patience_s: how long a turn waits for its repair.
    """

    def __init__(self, grammar: Callable[[], Grammar], file: CorrectionsFile) -> None:
        self._grammar = grammar
        self._file = file
        self.patience_s = PATIENCE_S
        self._repairer: tuple[Grammar, Repairer] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mending")
        self._log = get_logger("mending")

    async def prepare(self) -> None:
        """Do now what the first repair would wait for: about a second's work."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._warm, self._grammar())

    async def mend(self, text: str, *, expecting: str | None = None) -> Decision:
        """What to make of a text that the grammar does not match."""
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, self._mend, self._grammar(), text, expecting)
        done, _ = await asyncio.wait({work}, timeout=self.patience_s)
        return work.result() if done else REJECTED

    def known(self) -> tuple[Correction, ...]:
        """What the house has corrected so far."""
        return self._file.load()

    async def learn(self, heard: str, said: str) -> None:
        """The house has corrected what was heard."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._learn, heard, said)

    async def forget(self) -> None:
        """Forget all corrections: they are words that were said."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._forget)

    def close(self) -> None:
        """Stop the thread when its work is done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _mend(self, grammar: Grammar, text: str, expecting: str | None) -> Decision:
        repairer = self._ready(grammar)
        try:
            correction = recall(self._file.load(), text)
        except ConfigError as error:
            self._log.warning("corrections not read", code=error.code)
            correction = None
        if correction is not None:
            known = repairer.known(correction.said, text, expecting=expecting)
            if known is not None:
                return Decision("accept", known.match, known.text)
        found = repairer.candidates([text], MOST_CANDIDATES, expecting=expecting)
        return decide([Weighed(candidate) for candidate in found])

    def _learn(self, heard: str, said: str) -> None:
        try:
            self._file.save(remember(self._file.load(), heard, said))
        except (ConfigError, OSError) as error:
            self._log.warning("correction not kept", cause=type(error).__name__)

    def _forget(self) -> None:
        try:
            self._file.save(())
        except OSError as error:
            self._log.warning("corrections not erased", cause=type(error).__name__)

    def _ready(self, grammar: Grammar) -> Repairer:
        if self._repairer is None or self._repairer[0] is not grammar:
            self._repairer = (grammar, Repairer(grammar.twin()))
        return self._repairer[1]

    def _warm(self, grammar: Grammar) -> None:
        repairer = self._ready(grammar)
        for text in openings():
            repairer.candidates([text], 1)
