"""An onnxruntime session that a `CancelToken` stops."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hive_mind.errors import Cancelled, SpeechError
from hive_mind.speech.cancel import CancelToken


class OnnxSession:
    """A model loaded for inference on the CPU.

    Args:
        path: the ONNX file.
        threads: threads of one inference.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when onnxruntime or the file is missing or broken.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise SpeechError(
                "Neural voices need the package onnxruntime.", code="VOICE_UNAVAILABLE"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # On cores shared with a language model, threads that wait by spinning triple the time.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._run_options = onnxruntime.RunOptions
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no other common base
            raise SpeechError(
                f"{path.name} is missing or broken: {error}", code="VOICE_UNAVAILABLE"
            ) from error

    def run(
        self, inputs: Mapping[str, NDArray[Any]], cancel: CancelToken, outputs: Sequence[str] | None = None
    ) -> list[NDArray[Any]]:
        """Infer.

        Raises:
            Cancelled: `cancel` was set meanwhile.
            SpeechError: the inference failed.
        """
        options = self._run_options()
        options.log_severity_level = 4

        def stop() -> None:
            options.terminate = True

        try:
            with cancel.calling(stop):
                results: list[NDArray[Any]] = self._session.run(outputs, dict(inputs), options)
        except Exception as error:  # onnxruntime's errors have no other common base
            if cancel.cancelled:
                raise Cancelled("The synthesis was cancelled.") from error
            raise SpeechError(f"The voice's network failed: {error}") from error
        cancel.raise_if_cancelled()
        return results
