"""The engines with which a server hears and speaks for its clients."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hive_mind.errors import ModelError
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, voice_speeds_file
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.settings.values import HouseSettings
from hive_mind.speech.engines import SpeechToText, VoiceActivityDetector
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.speech.tts.factory import make_voice
from hive_mind.speech.vad.factory import make_vad


@dataclass(frozen=True, slots=True)
class SpeechEngines:
    """Loaded and warm.

    Attributes:
        stt: recognises, one utterance at a time.
        voice: speaks, and remembers what it said.
        vad: makes a voice activity detector; each client needs one of its own.
    """

    stt: SpeechToText
    voice: CachedVoice
    vad: Callable[[], VoiceActivityDetector] = make_vad


Load: TypeAlias = Callable[[], SpeechEngines]
"""Loads the engines; blocking, seconds long. Raises `ModelError` or `SpeechError` where it cannot."""


def loader(config: ServerConfig, values: HouseSettings | None = None) -> Load:
    """Loads what the settings name, from the models of this machine.

    Args:
        config: of the server; what it names comes first.
        values: what the household has set.
    """
    chosen = values or HouseSettings()

    def _load() -> SpeechEngines:
        store = ModelStore(models_dir(config.data_path))
        stt = make_stt(store.path(config.stt_model or chosen.stt_model or store.selected("stt")))
        speeds = voice_speeds_file(config.data_path)
        try:
            voice = make_voice(store.find, config.voice or chosen.voice, memory=speeds)
        except ImportError as error:
            raise ModelError(
                f"This server has no voice ({error.name}): install hive-mind[home].", code="ENGINE_MISSING"
            ) from error
        return SpeechEngines(stt, CachedVoice(voice))

    return _load
