"""Which wake words to listen for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordSetting:
    """One wake word that was chosen.

    Attributes:
        word: a stock word ("hey_jarvis"), the name of a trained one, or the path of a model: `.onnx` or
            `.tflite` with its card beside it, or `.ppn` for Porcupine.
        sensitivity: in [0, 1]: 0.5 is the word's own threshold, more wakes more easily.
    """

    word: str
    sensitivity: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 <= self.sensitivity <= 1.0:
            raise ValueError(f"a sensitivity is from 0 to 1, not {self.sensitivity}")
