"""Find and make a voice by its id."""

from collections.abc import Callable
from pathlib import Path

from hive_mind.errors import SpeechError
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.espeak import EspeakVoice
from hive_mind.speech.tts.kokoro import KokoroVoice

Find = Callable[[str], Path | None]
"""Gives the folder of an installed model by its id, or None."""

KOKORO_MODEL = "kokoro-82m-int8"
KOKORO_STYLES = "kokoro-voices"
KOKORO_FRENCH = "ff_siwis"


def make_voice(find: Find, voice_id: str | None = None, language: str = "fr") -> TextToSpeech:
    """Make a voice.

    Args:
        find: gives the folder of an installed model, or None.
        voice_id: "kokoro:ff_siwis", "espeak:fr"; without it, the best one there is.
        language: ISO 639-1 code.

    Raises:
        SpeechError: VOICE_UNKNOWN or VOICE_UNAVAILABLE.
    """
    model, styles = find(KOKORO_MODEL), find(KOKORO_STYLES)
    if voice_id is None:
        voice_id = f"kokoro:{KOKORO_FRENCH}" if model and styles else f"espeak:{language}"
    engine, _, name = voice_id.partition(":")
    if engine == "kokoro" and model and styles:
        return KokoroVoice(model, styles / f"{name}.bin", language=language)
    if engine == "espeak":
        return EspeakVoice(name)
    raise SpeechError(f"There is no voice {voice_id!r} here.", code="VOICE_UNKNOWN")
