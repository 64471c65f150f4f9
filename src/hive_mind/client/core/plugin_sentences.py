"""The grammar grows by the server's plugins, so that a question to one is known to be complete."""

import asyncio
from collections.abc import Callable

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
    """

    def __init__(self, swap: Callable[[Grammar], None]) -> None:
        self._swap = swap
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
        if texts is None:
            return
        self._wanted += 1
        mine = self._wanted
        async with self._building:
            if mine != self._wanted:
                return
            folders = [SentenceTexts(name, files) for name, files in texts.items()]
            try:
                grammar = await asyncio.to_thread(Grammar.load, *folders)
            except UnderstandingError as error:
                _log.warning("plugin sentences ignored", reason=error.message)
                return
            self._swap(grammar)
            _log.info("plugin sentences", plugins=sorted(texts), version=message.version)
