"""Phrases kept in memory: what was said or prepared is heard at once the next time."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from hive_mind.speech.audio import Samples, from_pcm16, to_pcm16
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.rendering import Rendering

CAPACITY_BYTES = 12_000_000
"""About four minutes of 24 kHz speech."""


_Key: TypeAlias = tuple[str, float]
"""Text and speed."""


class CachedVoice:
    """A voice in front of another one; keeps whole phrases as 16-bit samples, the least recently used go.

    Thread-safe. A phrase that another thread is rendering right now is followed piece by piece, not rendered
    twice. Nothing of a phrase that failed or was cancelled is kept.

    Args:
        engine: the voice that renders.
        capacity: most bytes of audio kept.
    """

    def __init__(self, engine: TextToSpeech, capacity: int = CAPACITY_BYTES) -> None:
        self._engine = engine
        self._capacity = capacity
        self._lock = threading.Lock()
        self._phrases: OrderedDict[_Key, bytes] = OrderedDict()
        self._under_way: dict[_Key, Rendering] = {}
        self._size = 0
        self.capabilities = engine.capabilities

    @property
    def size(self) -> int:
        """Bytes of audio kept, at most the capacity."""
        with self._lock:
            return self._size

    def has(self, text: str, speed: float = 1.0) -> bool:
        """Whether `text` would be heard at once at this speed."""
        with self._lock:
            return _key(text, speed) in self._phrases

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield the phrase: whole from memory, or in pieces as it is rendered."""
        token = cancel or CancelToken()
        key = _key(text, speed)
        while True:
            token.raise_if_cancelled()
            with self._lock:
                kept = self._phrases.get(key)
                if kept is not None:
                    self._phrases.move_to_end(key)
                other = self._under_way.get(key)
                mine = Rendering()
                if kept is None and other is None:
                    self._under_way[key] = mine
            if kept is not None:
                yield from _pieces(kept)
                return
            if other is None:
                yield from self._render(key, mine, token)
                return
            if (yield from other.follow(token)):
                return

    def prepare(self, texts: Iterable[str], cancel: CancelToken | None = None, *, speed: float = 1.0) -> int:
        """Render ahead what is not kept yet, in order; what is kept counts as used now.

        Returns:
            How many phrases were rendered.

        Raises:
            Cancelled: `cancel` was set; what was finished before is kept.
            SpeechError: the engine failed on one of them.
        """
        token = cancel or CancelToken()
        rendered = 0
        for text in texts:
            token.raise_if_cancelled()
            key = _key(text, speed)
            with self._lock:
                if key in self._phrases:
                    self._phrases.move_to_end(key)
                    continue
                if key in self._under_way:
                    continue
                mine = self._under_way[key] = Rendering()
            for _ in self._render(key, mine, token):
                pass
            rendered += 1
        return rendered

    def _render(self, key: _Key, mine: Rendering, token: CancelToken) -> Iterator[Samples]:
        try:
            for piece in self._engine.synthesize(key[0], speed=key[1], cancel=token):
                mine.add(piece)
                yield piece
            self._keep(key, b"".join(to_pcm16(piece) for piece in mine.pieces))
            mine.finish(complete=True)
        finally:
            with self._lock:
                del self._under_way[key]
            mine.finish(complete=False)

    def _keep(self, key: _Key, audio: bytes) -> None:
        if len(audio) > self._capacity:
            return
        with self._lock:
            self._phrases[key] = audio
            self._size += len(audio)
            while self._size > self._capacity:
                _, dropped = self._phrases.popitem(last=False)
                self._size -= len(dropped)


def _key(text: str, speed: float) -> _Key:
    return " ".join(text.split()), round(speed, 2)


def _pieces(audio: bytes) -> Iterator[Samples]:
    if audio:
        yield from_pcm16(audio)
