"""Plugins' sentences on the wire: cut into pieces by the server, put together again by the client. Pure."""

import json
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter, ValidationError

from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import Sentences

PIECE = 8000
"""Characters in one message."""

Texts = Mapping[str, Mapping[str, str]]
"""By plugin, then by file name."""

_FILES = TypeAdapter(dict[str, str])


def cut(version: int, texts: Texts) -> list[Sentences]:
    """The messages that carry these sentences; one without a plugin when there are none."""
    pieces = list(_pieces(texts))
    if not pieces:
        return [Sentences(version=version)]
    return [
        Sentences(version=version, part=part, parts=len(pieces), plugin=plugin, text=text)
        for part, (plugin, text) in enumerate(pieces, 1)
    ]


class Collector:
    """Puts the pieces of one version together; those of an older one are forgotten when a newer begins."""

    def __init__(self) -> None:
        self._like: tuple[int, int] | None = None
        self._pieces: dict[int, Sentences] = {}

    def take(self, message: Sentences) -> dict[str, dict[str, str]] | None:
        """A piece has come; all sentences when it was the last one missing.

        Raises:
            ProtocolError: INVALID_MESSAGE; what was collected is forgotten.
        """
        if (message.version, message.parts) != self._like:
            self._like = (message.version, message.parts)
            self._pieces = {}
        if message.part <= message.parts:
            self._pieces[message.part] = message
        if len(self._pieces) < message.parts:
            return None
        joined: dict[str, str] = {}
        for _, piece in sorted(self._pieces.items()):
            if piece.plugin is not None:
                joined[piece.plugin] = joined.get(piece.plugin, "") + piece.text
        self._like, self._pieces = None, {}
        try:
            return {plugin: _FILES.validate_json(text) for plugin, text in joined.items()}
        except ValidationError:
            raise ProtocolError(
                "The sentences of a plugin are no JSON object of texts.", code="INVALID_MESSAGE"
            ) from None


def _pieces(texts: Texts) -> Iterator[tuple[str, str]]:
    for plugin, files in texts.items():
        whole = json.dumps(dict(files), ensure_ascii=False)
        for start in range(0, len(whole), PIECE):
            yield plugin, whole[start : start + PIECE]
