"""Kokoro: the fine voice, a small neural network on onnxruntime.

A clause is spoken in windows: its first half second is decoded alone and heard while the rest is decoded.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TtsCapabilities
from hive_mind.speech.tts import kokoro_graph as graph
from hive_mind.speech.tts.kokoro_parts import parts_of
from hive_mind.speech.tts.onnx_session import OnnxSession
from hive_mind.speech.tts.phonemes import has_letters, phonemize
from hive_mind.speech.tts.trim import Trimmer
from hive_mind.speech.tts.windows import FIRST, OVERLAP, Window, next_length, next_window

RATE = 24_000

FRAME_SAMPLES = 600
"""Samples in one frame of the network: 25 ms."""

FRAME_S = FRAME_SAMPLES / RATE

SOURCE_STEPS = 120
"""Steps of the harmonic source in one frame."""

LEAD_FRAMES = 7
"""Frames decoded before the first phoneme: fewer would eat its attack."""

MAX_PHONEMES = 500
"""Phonemes in one inference; the network knows 510."""


class KokoroVoice:
    """One voice of Kokoro-82M.

    Args:
        model_dir: folder with `model.onnx` and `vocab.json`.
        style: file of the voice's style vectors, float32 of shape (510, 1, 256).
        language: espeak-ng's name of the language that is spoken.
        threads: threads of one inference.
        streaming: whether to speak in windows; needs the package `onnx` the first time.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when a file is missing or is not what it should be.
    """

    def __init__(
        self, model_dir: Path, style: Path, *, language: str = "fr", threads: int = 2, streaming: bool = True
    ) -> None:
        model = model_dir / "model.onnx"
        try:
            self._vocabulary: dict[str, int] = json.loads((model_dir / "vocab.json").read_text("utf-8"))[
                "vocab"
            ]
            self._styles = np.fromfile(style, dtype=np.float32).reshape(-1, 1, 256)
            parts = parts_of(model, style.stem) if streaming else None
        except (OSError, ValueError, KeyError) as error:
            raise SpeechError(
                f"The Kokoro voice {style.stem} cannot be read: {error}.", code="VOICE_UNAVAILABLE"
            ) from error
        self._language = language
        self._text = OnnxSession(parts.text if parts else model, threads=threads, mapped=parts is not None)
        self._decoder = OnnxSession(parts.decoder, threads=threads, mapped=True) if parts else None
        self.capabilities = TtsCapabilities(
            name=f"kokoro:{style.stem}",
            language=language.partition("-")[0],
            rate=RATE,
            streaming=parts is not None,
        )

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield the clause in pieces, the first one short."""
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if not has_letters(text):
            return
        trimmer = Trimmer(RATE)
        for phonemes in split_phonemes(phonemize(text, self._language)):
            ids = [self._vocabulary[p] for p in phonemes if p in self._vocabulary]
            if ids:
                for piece in self._speak(ids, speed, token):
                    if len(kept := trimmer.add(piece)):
                        yield kept
        if len(kept := trimmer.finish()):
            yield kept

    def _speak(self, ids: list[int], speed: float, token: CancelToken) -> Iterator[Samples]:
        inputs = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": self._styles[min(len(ids), len(self._styles) - 1)],
            "speed": np.array([speed], dtype=np.float32),
        }
        if self._decoder is None:
            (audio,) = self._text.run(inputs, token)
            yield audio.reshape(-1).astype(np.float32, copy=False)
            return
        results = self._text.run(inputs, token, graph.TEXT_OUTPUTS)
        frames = dict(zip(graph.TEXT_OUTPUTS, results, strict=True))
        durations = frames[graph.DURATIONS].reshape(-1)
        loudness = frames[graph.LOUDNESS].reshape(-1, 2).mean(axis=1).tolist()
        yield from self._in_windows(self._decoder, frames, loudness, int(durations[0]), token)

    def _in_windows(
        self,
        decoder: OnnxSession,
        frames: dict[str, NDArray[Any]],
        loudness: list[float],
        first_phoneme: int,
        token: CancelToken,
    ) -> Iterator[Samples]:
        """Decode window after window, each as long as the sound in hand allows."""
        begin = at = max(0, first_phoneme - LEAD_FRAMES)
        length: float = FIRST
        fading: Samples | None = None
        heard_since = 0.0
        while at < len(loudness):
            window = next_window(at, loudness, length, first=fading is None)
            started = time.perf_counter()
            audio = self._decode(decoder, frames, window, token)
            pace = (time.perf_counter() - started) / FRAME_S / (window.stop - window.start)
            if fading is not None:
                audio[: len(fading)] = cross_fade(fading, audio[: len(fading)])
            at = window.cut
            if at < len(loudness):
                fading = audio[-OVERLAP * FRAME_SAMPLES :].copy()
                audio = audio[: -OVERLAP * FRAME_SAMPLES]
            heard_since = heard_since or time.perf_counter()
            yield audio
            played = (time.perf_counter() - heard_since) / FRAME_S
            length = next_length(length, at - begin - LEAD_FRAMES - played, pace)

    @staticmethod
    def _decode(
        decoder: OnnxSession, frames: dict[str, NDArray[Any]], window: Window, token: CancelToken
    ) -> Samples:
        """The audio of the frames of a window that are heard."""
        start, stop = window.start, window.stop
        inputs = {
            graph.FRAMES: frames[graph.FRAMES][:, :, start:stop],
            graph.PITCH: frames[graph.PITCH][:, 2 * start : 2 * stop],
            graph.LOUDNESS: frames[graph.LOUDNESS][:, 2 * start : 2 * stop],
            graph.SOURCE: frames[graph.SOURCE][:, :, SOURCE_STEPS * start : SOURCE_STEPS * stop + 1],
            graph.STYLE: frames[graph.STYLE],
        }
        (audio,) = decoder.run(inputs, token)
        samples: Samples = audio.reshape(-1).astype(np.float32, copy=False)
        return samples[(window.begin - start) * FRAME_SAMPLES : (window.end - start) * FRAME_SAMPLES].copy()


def cross_fade(old: Samples, new: Samples) -> Samples:
    """Go evenly from one rendering of the same sound to another of the same length."""
    rising = np.linspace(0.0, 1.0, len(new), dtype=np.float32)
    faded: Samples = old * (1.0 - rising) + new * rising
    return faded


def split_phonemes(phonemes: str, most: int = MAX_PHONEMES) -> list[str]:
    """Cut a long run of phonemes into runs of at most `most`, after punctuation or between words."""
    runs: list[str] = []
    while len(phonemes) > most:
        head = phonemes[:most]
        marks = max(head.rfind(mark) for mark in ".!?…;:,—")
        cut = (marks if marks > most // 2 else head.rfind(" ")) + 1 or most
        runs.append(phonemes[:cut].strip())
        phonemes = phonemes[cut:].strip()
    return [*runs, phonemes] if phonemes else runs
