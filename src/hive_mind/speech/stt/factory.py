"""Makes the recogniser for a model folder."""

from pathlib import Path

from hive_mind.errors import ModelError
from hive_mind.speech.engines import SpeechToText


def make_stt(model_dir: Path, *, threads: int = 1, language: str = "fr", at_once: int = 1) -> SpeechToText:
    """The recogniser that can read this folder, loaded and warm (a second or two); see `WhisperStt`.

    Raises:
        ModelError: ENGINE_MISSING when the machine has no recognition engine, MODEL_MISSING or
            MODEL_UNAVAILABLE when the folder cannot be used.
    """
    try:
        from hive_mind.speech.stt.whisper import WhisperStt
    except ImportError as error:
        raise ModelError(
            "This machine has no recognition engine: install hive-mind[desktop].", code="ENGINE_MISSING"
        ) from error
    return WhisperStt(model_dir, threads, language=language, at_once=at_once)
