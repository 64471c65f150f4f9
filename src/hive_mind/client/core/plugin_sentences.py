"""The grammar grows by the server's plugins, so that a question to one is known to be complete."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog

from hive_mind.errors import ProtocolError, UnderstandingError
from hive_mind.protocol.messages import Sentences
from hive_mind.protocol.sentence_parts import Collector
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.sentence_texts import SentenceTexts

_log = structlog.get_logger(__name__)


class PluginSentences:
    """See above. The last good grammar stays when new sentences cannot be read.

    Args:
        swap: takes the new grammar.
        names: of this client, which may stand at the head of an order.
    """

    def __init__(self, swap: Callable[[Grammar], None], names: Sequence[str] = ()) -> None:
        self._swap = swap
        self._names = tuple(names)
        self._texts: Mapping[str, Mapping[str, str]] = {}
        self._collector = Collector()
        self._building = asyncio.Lock()
        self._wanted = 0

    async def take(self, message: Sentences) -> None:
        """A part has come; with the last one, build the grammar off the loop and swap it in."""
        try:
            texts = self._collector.take(message)
        except ProtocolError as error:
            _log.warning("plugin sentences ignored", reason=error.message)
            return
        if texts is not None and await self._build(texts):
            _log.info("plugin sentences", plugins=sorted(texts), version=message.version)

    async def rename(self, names: Sequence[str]) -> None:
        """This client has other names."""
        self._names = tuple(names)
        await self._build(self._texts)

    async def _build(self, texts: Mapping[str, Mapping[str, str]]) -> bool:
        """Whether these sentences are the grammar now; newer ones, or faults in them, forestall it."""
        self._wanted += 1
        mine = self._wanted
        async with self._building:
            if mine != self._wanted:
                return False
            folders = [SentenceTexts(name, files) for name, files in texts.items()]
            try:
                load = partial(Grammar.load, *folders, robot_names=self._names)
                grammar = await asyncio.to_thread(load)
            except UnderstandingError as error:
                _log.warning("plugin sentences ignored", reason=error.message)
                return False
            self._texts = texts
            self._swap(grammar)
            return True
