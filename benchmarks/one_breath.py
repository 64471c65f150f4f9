"""Wake word and question in one breath, synthesised, with the true end of the word.

Kokoro tells how many frames each phoneme takes; so where the wake phrase ends in the sound is known exactly.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import soxr

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.tts import kokoro_graph as graph
from hive_mind.speech.tts.phonemes import phonemize

RATE = 24_000
FRAME = RATE // 40

QUESTIONS = ("quelle heure est-il ?", "mets un minuteur de dix minutes.", "il va pleuvoir demain ?")


@dataclass(frozen=True, slots=True)
class Breath:
    """One sentence.

    Attributes:
        samples: mono at `SAMPLE_RATE`; a second of near-silence before and after it.
        begin: where the phrase begins.
        end: where its last phoneme ends.
        voice: who says it.
        question: what follows the phrase.
    """

    samples: Samples
    begin: int
    end: int
    voice: str
    question: str


class Speaker:
    """Kokoro, with the lengths of its phonemes.

    Args:
        model_dir: of kokoro-82m-int8.
        voices: folder of style vectors.
    """

    def __init__(self, model_dir: Path, voices: Path) -> None:
        model = onnx.load(str(model_dir / "model.onnx"))
        kind = onnx.TensorProto.FLOAT
        model.graph.output.append(onnx.helper.make_tensor_value_info(graph.DURATIONS, kind, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._vocabulary: dict[str, int] = json.loads((model_dir / "vocab.json").read_text("utf-8"))["vocab"]
        self._voices = voices

    def names(self) -> list[str]:
        """Voices that speak English or French."""
        return sorted(file.stem for file in self._voices.glob("*.bin") if file.stem[0] in "abf")

    def say(self, phrase: str, question: str, voice: str, speed: float = 1.0) -> Breath:
        """The phrase as an English speaker says it, then the question in French, without a pause."""
        word = self._ids(phonemize(phrase, "en-us" if voice[0] != "f" else "fr"))
        ids = [*word, self._vocabulary[" "], *self._ids(phonemize(question, "fr"))]
        styles = np.fromfile(self._voices / f"{voice}.bin", dtype=np.float32).reshape(-1, 1, 256)
        audio, durations = self._session.run(
            ["audio", graph.DURATIONS],
            {
                "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
                "style": styles[len(ids)],
                "speed": np.array([speed], dtype=np.float32),
            },
        )
        frames = durations.reshape(-1)
        pad = np.random.default_rng(0).normal(0.0, 5e-4, (2, SAMPLE_RATE)).astype(np.float32)
        spoken = soxr.resample(audio.reshape(-1).astype(np.float32), RATE, SAMPLE_RATE)
        spoken = 0.5 * spoken / max(float(np.abs(spoken).max()), 1e-6)

        def place(count: int) -> int:
            return SAMPLE_RATE + int(frames[:count].sum()) * FRAME * SAMPLE_RATE // RATE

        begin, end = place(1), place(1 + len(word))
        return Breath(np.concatenate([pad[0], spoken, pad[1]]), begin, end, voice, question)

    def _ids(self, phonemes: str) -> list[int]:
        return [self._vocabulary[p] for p in phonemes.strip() if p in self._vocabulary]


def breaths(speaker: Speaker, phrase: str, voices: Sequence[str]) -> Iterator[Breath]:
    """The phrase with one question by each voice, at three speeds in turn."""
    for number, voice in enumerate(voices):
        question = QUESTIONS[number % len(QUESTIONS)]
        yield speaker.say(phrase, question, voice, speed=(0.9, 1.0, 1.15)[number % 3])
