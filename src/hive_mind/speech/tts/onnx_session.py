"""An onnxruntime session that a `CancelToken` stops."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hive_mind.errors import SpeechError
from hive_mind.speech.cancel import CancelToken


class OnnxSession:
    """A model loaded for inference on the CPU. Thread-safe: one inference at a time, the others wait.

    Args:
        path: the ONNX file.
        threads: threads of one inference.
        mapped: the weights lie in a file beside it and stay there, where the system can do without them when
            memory is short; else onnxruntime keeps a copy of its own. A third of the memory, 7 % slower.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when onnxruntime or the file is missing or broken.
    """

    def __init__(self, path: Path, *, threads: int, mapped: bool = False) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise SpeechError(
                "Neural voices need the package onnxruntime.", code="VOICE_UNAVAILABLE"
            ) from error
        options = onnxruntime.SessionOptions()
        # The arena would keep the most that any clause ever took: 140 MB for Kokoro, against 7 % of its time.
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # On cores shared with a language model, threads that wait by spinning triple the time.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if mapped:
            options.add_session_config_entry("session.disable_prepacking", "1")
        options.log_severity_level = 3
        self._run_options = onnxruntime.RunOptions
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=path.stem)
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
        done = threading.Event()

        def stop() -> None:
            options.terminate = True
            done.set()

        with cancel.calling(stop):
            job = self._worker.submit(self._session.run, outputs, dict(inputs), options)
            job.add_done_callback(lambda _: done.set())
            done.wait()
        # onnxruntime stops between two operators, which may take it a while: nobody waits for that.
        cancel.raise_if_cancelled()
        try:
            results: list[NDArray[Any]] = job.result()
        except Exception as error:  # onnxruntime's errors have no other common base
            raise SpeechError(f"The voice's network failed: {error}") from error
        return results
