"""Silero VAD v6 on ONNX Runtime: one thread, a quarter of a millisecond a frame."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.speech.audio import FRAME_SAMPLES, Samples

CONTEXT_SAMPLES = 64
"""Samples of the previous frame that the network wants in front of each frame."""

STATE_SIZE = 128


def bundled_model() -> Path | None:
    """The network that the faster-whisper wheel carries, found without importing it; None when absent."""
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "assets" / "silero_vad_v6.onnx"
        if path.is_file():
            return path
    return None


class SileroVad:
    """A `VoiceActivityDetector`: recurrent network, state carried from frame to frame.

    Not thread-safe: one instance a microphone.

    Args:
        model: the ONNX file (Silero v6 with inputs `input`, `h`, `c`); None takes the bundled one.

    Raises:
        ModelError: MODEL_MISSING when there is no such file, MODEL_UNAVAILABLE when it is not that network.
    """

    def __init__(self, model: Path | None = None) -> None:
        path = model or bundled_model()
        if path is None or not path.is_file():
            raise ModelError(
                "The Silero VAD model is not installed: install the package faster-whisper.",
                code="MODEL_MISSING",
            )
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError(f"The Silero VAD model {path.name} cannot be loaded: {error}") from error
        if {i.name for i in self._session.get_inputs()} != {"input", "h", "c"}:
            raise ModelError(f"{path.name} is not a Silero VAD v6 network.")
        self._input = np.zeros((1, CONTEXT_SAMPLES + FRAME_SAMPLES), dtype=np.float32)
        self._h: NDArray[np.float32]
        self._c: NDArray[np.float32]
        self.reset()

    def probability(self, frame: Samples) -> float:
        """Probability in [0, 1] that this frame holds speech; what is not a number counts as silence."""
        window = self._input
        window[0, :CONTEXT_SAMPLES] = window[0, -CONTEXT_SAMPLES:]
        window[0, CONTEXT_SAMPLES:] = frame
        # A single NaN would stay in the recurrent state for good.
        if not np.isfinite(frame).all():
            np.nan_to_num(window, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
        out, self._h, self._c = self._session.run(None, {"input": window, "h": self._h, "c": self._c})
        return float(out.reshape(-1)[0])

    def reset(self) -> None:
        """Forget the past."""
        self._input.fill(0.0)
        self._h = np.zeros((1, 1, STATE_SIZE), dtype=np.float32)
        self._c = np.zeros((1, 1, STATE_SIZE), dtype=np.float32)
