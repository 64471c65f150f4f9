"""The best voice activity detector that this machine has."""

import logging
from pathlib import Path

from hive_mind.errors import ModelError
from hive_mind.speech.engines import VoiceActivityDetector
from hive_mind.speech.vad.energy import EnergyVad

log = logging.getLogger(__name__)


def make_vad(model: Path | None = None) -> VoiceActivityDetector:
    """Silero where ONNX Runtime and the network are there, else loudness alone (said once, as a warning).

    Args:
        model: a Silero v6 ONNX file; None takes the one that faster-whisper carries.
    """
    try:
        from hive_mind.speech.vad.silero import SileroVad

        return SileroVad(model)
    except (ImportError, ModelError) as error:
        log.warning("vad_fallback", extra={"engine": "energy", "why": str(error)})
        return EnergyVad()
