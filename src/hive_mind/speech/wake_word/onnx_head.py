"""A wake word's head as an ONNX file: what `hive-mind wakeword train` and openWakeWord write."""

from pathlib import Path

import numpy as np

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.embedding import WIDTH, Floats


class OnnxHead:
    """A `Head` on onnxruntime, one thread.

    Args:
        model: takes (1, n, 96) embeddings, gives one number in [0, 1].

    Raises:
        ModelError: MODEL_UNAVAILABLE when it is damaged or of another shape; ENGINE_MISSING without
            onnxruntime.
    """

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError(
                f"{model.name} needs onnxruntime: install hive-mind[client].", code="ENGINE_MISSING"
            ) from error
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
            inputs = self._session.get_inputs()
            _, length, width = inputs[0].shape
        except Exception as error:  # onnxruntime's errors have no other common base
            raise ModelError(f"the wake word model {model.name} cannot be loaded: {error}") from error
        if len(inputs) != 1 or width != WIDTH or not isinstance(length, int):
            raise ModelError(f"{model.name} is no wake word model of openWakeWord's kind.")
        self._name = inputs[0].name
        self._length = length
        if self._run(np.zeros((length, WIDTH), dtype=np.float32)).size != 1:
            raise ModelError(f"{model.name} scores more than one word: one file a word, please.")

    @property
    def length(self) -> int:
        """How many embeddings it looks at."""
        return self._length

    def score(self, embeddings: Floats) -> float:
        """Of the word, in [0, 1]."""
        return float(self._run(embeddings).reshape(-1)[0])

    def _run(self, embeddings: Floats) -> Floats:
        result: Floats = self._session.run(None, {self._name: embeddings[None]})[0]
        return result
