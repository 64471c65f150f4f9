"""The grammar of a house, ready for the first question."""

from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.sentence_texts import SentenceTexts

_Texts = tuple[str, tuple[tuple[str, str], ...]]


def warm_grammar(name: str, *folders: Path | Traversable) -> Grammar:
    """All sentences, with what most utterances need worked out: the first question does not wait for it.

    The last two are kept: most changes of a plugin leave its sentences alone.

    Args:
        name: of the house's persona.
        folders: with the sentences of plugins.

    Raises:
        UnderstandingError: a sentence file is malformed.
    """
    return _made(name, tuple((folder.name, _texts(folder)) for folder in folders))


def _texts(folder: Path | Traversable) -> tuple[tuple[str, str], ...]:
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple((file.name, file.read_text("utf-8")) for file in files if file.is_file())


@lru_cache(maxsize=2)
def _made(name: str, folders: tuple[_Texts, ...]) -> Grammar:
    grammar = Grammar.load(*(SentenceTexts(n, dict(texts)) for n, texts in folders), robot_names=(name,))
    grammar.warm()
    return grammar
