"""Kokoro: the fine voice, a small neural network on onnxruntime."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TtsCapabilities
from hive_mind.speech.tts.onnx_session import OnnxSession
from hive_mind.speech.tts.phonemes import has_letters, phonemize
from hive_mind.speech.tts.trim import trim

RATE = 24_000


class KokoroVoice:
    """One voice of Kokoro-82M.

    Args:
        model_dir: folder with `model.onnx` and `vocab.json`.
        style: file of the voice's style vectors, float32 of shape (510, 1, 256).
        language: espeak-ng's name of the language that is spoken.
        threads: threads of one inference.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when a file is missing or is not what it should be.
    """

    def __init__(self, model_dir: Path, style: Path, *, language: str = "fr", threads: int = 2) -> None:
        try:
            self._vocabulary: dict[str, int] = json.loads((model_dir / "vocab.json").read_text("utf-8"))[
                "vocab"
            ]
            self._styles = np.fromfile(style, dtype=np.float32).reshape(-1, 1, 256)
        except (OSError, ValueError, KeyError) as error:
            raise SpeechError(
                f"The Kokoro voice {style.stem} cannot be read: {error}.", code="VOICE_UNAVAILABLE"
            ) from error
        self._language = language
        self._session = OnnxSession(model_dir / "model.onnx", threads=threads)
        self.capabilities = TtsCapabilities(
            name=f"kokoro:{style.stem}", language=language.partition("-")[0], rate=RATE, streaming=True
        )

    def synthesize(self, text: str, *, cancel: CancelToken | None = None) -> Iterator[Samples]:
        """Yield the clause in pieces, the first one short."""
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if not has_letters(text):
            return
        ids = [self._vocabulary[p] for p in phonemize(text, self._language) if p in self._vocabulary]
        if not ids:
            return
        (audio,) = self._session.run(
            {
                "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
                "style": self._styles[min(len(ids), len(self._styles) - 1)],
                "speed": np.ones(1, dtype=np.float32),
            },
            token,
        )
        yield trim(audio.reshape(-1).astype(np.float32), RATE)
