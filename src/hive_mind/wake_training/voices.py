"""Many synthetic speakers: Kokoro's, mixed at will, and espeak-ng's variants."""

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from hive_mind.errors import ModelError, SpeechError
from hive_mind.speech.audio import SAMPLE_RATE, Samples, from_pcm16
from hive_mind.speech.tts import kokoro_graph as graph
from hive_mind.speech.tts.kokoro import FRAME_SAMPLES, LEAD_FRAMES, RATE
from hive_mind.speech.tts.kokoro_parts import has_dot_products, measurements
from hive_mind.speech.tts.trim import TAIL_S, trim
from hive_mind.wake_training import fresh_espeak

MEASURED_VOICE = "ff_siwis"

ROOM = 1.4
"""How much louder than the measured voice another one may be before its convolutions clip."""

AFTER_S = 0.42
"""Sound kept after the end of the word."""

HELD_OUT = (
    "af_heart", "am_michael", "am_onyx", "bf_emma", "em_alex", "ff_siwis", "hm_psi", "if_sara",
    "pm_alex", "zf_xiaoyi",
)  # fmt: skip
"""Voices of Kokoro that are never trained on: they tell how well the word is heard from a stranger."""

ESPEAK_VOICES = tuple(
    f"{language}{variant}"
    for language, variant in itertools.product(
        ("fr", "fr-be", "fr-ch"), ("", "+f2", "+f4", "+m2", "+m4", "+m7", "+f5", "+m1")
    )
)

FOREIGN_VOICES = (
    "en-us", "es", "de", "it", "en-gb-x-rp+f2", "es-419+m4", "pt-br+f2", "nl+m4", "pl+f2", "de+f2", "it+m7",
    "sv", "en-gb-scotland+m7", "es+f2",
)  # fmt: skip
"""What is read by these sounds like other languages: guests, films and songs must not wake it either."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something that a voice said.

    Attributes:
        samples: mono at `SAMPLE_RATE`.
        begin: where the word begins.
        end: where its last sound ends; what was said after it goes on.
    """

    samples: Samples
    begin: int
    end: int


class KokoroCrowd:
    """Kokoro with any mix of its voices; knows where in the sound each phoneme ends. Thread-safe.

    Args:
        model_dir: of kokoro-82m-int8.
        voices: folder of style vectors.

    Raises:
        ModelError: ENGINE_MISSING without the packages onnx and onnxruntime.
        SpeechError: VOICE_UNAVAILABLE when the files are not what they should be.
    """

    def __init__(self, model_dir: Path, voices: Path) -> None:
        try:
            import onnx  # noqa: F401 - `kokoro_graph` needs it
            import onnxruntime
        except ImportError as error:
            raise ModelError(
                "Training a wake word needs the packages onnx and onnxruntime: install hive-mind[desktop].",
                code="ENGINE_MISSING",
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            file = model_dir / "model.onnx"
            self._vocabulary: dict[str, int] = json.loads((model_dir / "vocab.json").read_text("utf-8"))[
                "vocab"
            ]
            known = measurements(hashlib.sha256(file.read_bytes()).hexdigest(), MEASURED_VOICE)
            amplitudes = {name: value * ROOM for name, value in known.amplitudes.items()} if known else {}
            whole = graph.Graph(file)
            parts = (whole.text_part(), whole.decoder(amplitudes, {}, signed=has_dot_products()))
            self._text, self._decoder = (
                onnxruntime.InferenceSession(
                    part.SerializeToString(), options, providers=["CPUExecutionProvider"]
                )
                for part in parts
            )
            self._styles: Mapping[str, Any] = {
                path.stem: np.fromfile(path, dtype=np.float32).reshape(-1, 1, 256)
                for path in sorted(voices.glob("*.bin"))
            }
        except (OSError, ValueError, KeyError) as error:
            raise SpeechError(f"Kokoro cannot be read: {error}.", code="VOICE_UNAVAILABLE") from error

    @property
    def names(self) -> tuple[str, ...]:
        """Its voices."""
        return tuple(self._styles)

    def say(
        self,
        word: str,
        mix: Mapping[str, float],
        *,
        speed: float = 1.0,
        pitch: float = 1.0,
        before: str = "",
        after: str = "",
    ) -> Spoken:
        """A word and what is said around it, in one breath; cut `AFTER_S` after the word.

        Args:
            word: phonemes.
            mix: shares of voices.
            speed: 1 is the voice's own.
            pitch: played so much faster afterwards; so the voice gets smaller and the word shorter.
            before: phonemes said before it.
            after: phonemes said after it.
        """
        first, said, last = self._ids(before), self._ids(word), self._ids(after)
        space = [self._vocabulary[" "]]
        head = [*first, *space] if first else []
        ids = [*head, *said, *(space if last else []), *last]
        style = sum(share * self._styles[name][min(len(ids), 509)] for name, share in mix.items())
        inputs = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": np.asarray(style, dtype=np.float32),
            "speed": np.array([speed], dtype=np.float32),
        }
        made = dict(zip(graph.TEXT_OUTPUTS, self._text.run(list(graph.TEXT_OUTPUTS), inputs), strict=True))
        lengths = made[graph.DURATIONS].reshape(-1)
        total = int(lengths.sum())
        begin = int(lengths[: 1 + len(head)].sum())
        end = int(lengths[: 1 + len(head) + len(said)].sum())
        start = max(0, int(lengths[0]) - LEAD_FRAMES)
        stop = min(total, end + int(AFTER_S * pitch * RATE / FRAME_SAMPLES) + 1)
        audio = self._decoder.run(
            None,
            {
                graph.FRAMES: made[graph.FRAMES][:, :, start:stop],
                graph.PITCH: made[graph.PITCH][:, 2 * start : 2 * stop],
                graph.LOUDNESS: made[graph.LOUDNESS][:, 2 * start : 2 * stop],
                graph.SOURCE: made[graph.SOURCE][:, :, 120 * start : 120 * stop + 1],
                graph.STYLE: made[graph.STYLE],
            },
        )[0]
        return _spoken(
            audio.reshape(-1),
            round(RATE * pitch),
            (begin - start) * FRAME_SAMPLES,
            (end - start) * FRAME_SAMPLES,
        )

    def _ids(self, phonemes: str) -> list[int]:
        return [self._vocabulary[p] for p in phonemes.strip() if p in self._vocabulary]


def espeak(text: str, voice: str, words_per_minute: int, pitch: float = 1.0) -> Spoken:
    """A text by a voice of espeak-ng, such as "fr+f2"; all of it is the word. Always the same sound.

    Raises:
        SpeechError: VOICE_UNAVAILABLE, VOICE_UNKNOWN.
    """
    pieces: list[bytes] = []

    def take(piece: bytes) -> bool:
        pieces.append(piece)
        return True

    rate = fresh_espeak.speak(text, voice, words_per_minute, take)
    audio = trim(from_pcm16(b"".join(pieces)), rate)
    return _spoken(audio, round(rate * pitch), 0, max(0, len(audio) - int(TAIL_S * rate)))


def recorded(samples: Samples, rate: int = SAMPLE_RATE) -> Spoken:
    """A word that somebody recorded, with what silence there is around it."""
    audio = trim(samples, rate)
    return _spoken(audio, rate, 0, max(0, len(audio) - int(TAIL_S * rate)))


def varied(spoken: Spoken, faster: float) -> Spoken:
    """The same by a mouth so much smaller, which is so much faster: 1 changes nothing."""
    rate = round(SAMPLE_RATE * faster)
    samples = soxr.resample(spoken.samples, rate, SAMPLE_RATE, quality="LQ").astype(np.float32)
    place = SAMPLE_RATE / rate
    return Spoken(samples, int(spoken.begin * place), int(spoken.end * place))


def _spoken(audio: Samples, rate: int, begin: int, end: int) -> Spoken:
    samples = soxr.resample(audio.astype(np.float32), rate, SAMPLE_RATE) if rate != SAMPLE_RATE else audio
    loudest = max(float(np.abs(samples).max(initial=0.0)), 1e-6)
    place = SAMPLE_RATE / rate
    return Spoken((samples / loudest).astype(np.float32), int(begin * place), int(end * place))


def some_mix(names: Sequence[str], random: np.random.Generator) -> dict[str, float]:
    """One voice, or two mixed."""
    if len(names) < 2 or random.random() < 0.45:
        return {names[int(random.integers(len(names)))]: 1.0}
    one, other = (names[int(number)] for number in random.choice(len(names), 2, replace=False))
    share = float(random.uniform(0.3, 0.7))
    return {one: share, other: 1.0 - share}
