"""A phrase being rendered by one thread, which others may follow."""

import threading
from collections.abc import Generator

from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken


class Rendering:
    """Pieces of audio as they come. One thread adds and finishes; any number follow."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pieces: list[Samples] = []
        self._complete: bool | None = None

    @property
    def pieces(self) -> tuple[Samples, ...]:
        """What there is so far."""
        with self._changed:
            return tuple(self._pieces)

    def add(self, piece: Samples) -> None:
        """Add the next piece."""
        with self._changed:
            self._pieces.append(piece)
            self._changed.notify_all()

    def finish(self, *, complete: bool) -> None:
        """Say that no more comes; only the first call counts."""
        with self._changed:
            if self._complete is None:
                self._complete = complete
                self._changed.notify_all()

    def follow(self, cancel: CancelToken) -> Generator[Samples, None, bool]:
        """Yield the pieces as they come.

        A rendering that ends early is followed only by who has heard nothing of it yet; that caller may
        render it again. Who has heard a part hears no more: the start would be said twice.

        Returns:
            Whether this counts as said: it is complete, or a part of it was heard.

        Raises:
            Cancelled: `cancel` was set.
        """
        heard = 0
        with cancel.calling(self._wake):
            while True:
                with self._changed:
                    while len(self._pieces) == heard and self._complete is None and not cancel.cancelled:
                        self._changed.wait()
                    cancel.raise_if_cancelled()
                    fresh = self._pieces[heard:]
                    complete = self._complete
                if not fresh:
                    return complete is True or heard > 0
                heard += len(fresh)
                yield from fresh

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
