"""A plugin's sentence files, as they were when it was loaded."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from hive_mind.errors import UnderstandingError
from hive_mind.server.core.plugin_manifest import Manifest
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.sentence_texts import SentenceTexts
from hive_mind.understanding.sentences import read_sentences

MOST_BYTES = 32 * 1024
"""Of one sentence file: each client with ears gets it."""


def read_texts(folder: Path, manifest: Manifest, language: str = "fr") -> dict[str, str]:
    """The sentence files of a plugin's folder, by name; none is no fault.

    Raises:
        OSError: one cannot be read.
        UnicodeDecodeError: one is not UTF-8.
    """
    place = folder / manifest.sentences / language
    if not place.is_dir():
        return {}
    return {path.name: path.read_text("utf-8") for path in sorted(place.glob("*.yaml"))}


def faults(name: str, texts: Mapping[str, str], intents: Iterable[str]) -> tuple[str, ...]:
    """What is wrong with them, one line each.

    Args:
        name: of the plugin.
        texts: content by file name.
        intents: that the manifest declares.
    """
    return _faults(name, tuple(texts.items()), tuple(intents))


@lru_cache(maxsize=64)
def _faults(name: str, texts: tuple[tuple[str, str], ...], intents: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_found(name, dict(texts), intents))


def _found(name: str, texts: dict[str, str], intents: Collection[str]) -> Iterator[str]:
    for file, text in texts.items():
        if len(text.encode()) > MOST_BYTES:
            yield f"sentence file {file}: over {MOST_BYTES // 1024} KiB; cut it in two"
    folder = SentenceTexts(name, texts)
    try:
        found = read_sentences([folder])
        Grammar((_shared_rules(), folder))
    except UnderstandingError as error:
        yield error.message
        return
    seen = set()
    for block, _, _ in found.templates:
        if (
            block.intent is not None
            and block.intent not in intents
            and (block.source, block.intent) not in seen
        ):
            seen.add((block.source, block.intent))
            yield f"sentence file {block.source}: intent {block.intent!r} is not among the manifest's intents"


@lru_cache(maxsize=4)
def _shared_rules(language: str = "fr") -> SentenceTexts:
    """The rules that every sentence file may use."""
    built_in = files("hive_mind") / "commands" / "sentences" / language
    shared = {path.name: path.read_text("utf-8") for path in built_in.iterdir() if path.name.startswith("_")}
    return SentenceTexts("commands", shared)
