"""The small network that tells one wake word from the last embeddings."""

from pathlib import Path
from typing import Protocol

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.embedding import Floats


class Head(Protocol):
    """Scores whether the last embeddings end with its word."""

    @property
    def length(self) -> int:
        """How many embeddings it looks at."""
        ...

    def score(self, embeddings: Floats) -> float:
        """Of the word, in [0, 1].

        Args:
            embeddings: the last `length`, oldest first: (`length`, 96).
        """
        ...


def load_head(model: Path) -> Head:
    """The head in an openWakeWord model file, `.tflite` or `.onnx`.

    Raises:
        ModelError: MODEL_MISSING without the file; MODEL_UNAVAILABLE when it is damaged or of another make;
            ENGINE_MISSING for ONNX on a machine without onnxruntime.
    """
    if not model.is_file():
        raise ModelError(f"there is no wake word model {model}.", code="MODEL_MISSING")
    if model.suffix == ".tflite":
        from hive_mind.speech.wake_word.tflite_head import TfliteHead

        return TfliteHead(model)
    if model.suffix == ".onnx":
        from hive_mind.speech.wake_word.onnx_head import OnnxHead

        return OnnxHead(model)
    raise ModelError(f"{model.name} is no wake word model: .onnx and .tflite can be read.")
