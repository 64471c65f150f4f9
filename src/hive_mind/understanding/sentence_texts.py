"""Sentence files that are on no disk: what a plugin had when it was loaded, or what a server sent."""

import io
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any


class SentenceText(Traversable):
    """One file.

    Args:
        name: ends in ".yaml".
        text: its content.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    @property
    def name(self) -> str:
        """With its ending."""
        return self._name

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:  # noqa: ARG002
        """The content."""
        return self._text

    def read_bytes(self) -> bytes:
        """The content in UTF-8."""
        return self._text.encode()

    def is_file(self) -> bool:
        """It is one."""
        return True

    def is_dir(self) -> bool:
        """It is none."""
        return False

    def iterdir(self) -> Iterator[Traversable]:
        """A file holds no others."""
        return iter(())

    def joinpath(self, *_: Any) -> Traversable:
        """A file holds no others."""
        raise NotADirectoryError(self._name)

    def open(self, mode: str = "r", *_: Any, **__: Any) -> Any:
        """For reading."""
        return io.BytesIO(self.read_bytes()) if "b" in mode else io.StringIO(self._text)


class SentenceTexts(Traversable):
    """The folder.

    Args:
        name: whose sentences these are.
        texts: content by file name.
    """

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        self._name = name
        self._texts = dict(texts)

    @property
    def name(self) -> str:
        """Whose sentences these are."""
        return self._name

    def iterdir(self) -> Iterator[Traversable]:
        """The files."""
        return (SentenceText(name, text) for name, text in self._texts.items())

    def joinpath(self, *names: Any) -> Traversable:
        """One of the files."""
        name = "/".join(map(str, names))
        if name not in self._texts:
            raise FileNotFoundError(name)
        return SentenceText(name, self._texts[name])

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:  # noqa: ARG002
        """Not of a folder."""
        raise IsADirectoryError(self._name)

    def is_file(self) -> bool:
        """It is none."""
        return False

    def is_dir(self) -> bool:
        """It is one."""
        return True

    def read_bytes(self) -> bytes:
        """Not of a folder."""
        raise IsADirectoryError(self._name)

    def open(self, *_: Any, **__: Any) -> Any:
        """Not of a folder."""
        raise IsADirectoryError(self._name)
