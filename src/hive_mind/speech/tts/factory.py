"""Make a voice: the one that is named, or the finest one that is fast enough here."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from hive_mind.errors import SpeechError
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.fallback import FallbackVoice
from hive_mind.speech.tts.speed import Speed, SpeedMemory, measure
from hive_mind.speech.tts.voices import PIPER_MODELS, Find, InstalledVoice, espeak_voice, installed_voices

log = logging.getLogger(__name__)

BUDGET_S = 0.9
"""Seconds to first audio within which the finest voice wins."""

PATIENCE_S = 2.5
"""Seconds to first audio beyond which a neural voice loses to espeak-ng."""


def make_voice(
    find: Find,
    voice_id: str | None = None,
    language: str = "fr",
    *,
    memory: Path | None = None,
    budget_s: float = BUDGET_S,
    threads: int | None = None,
    piper_models: Sequence[str] = PIPER_MODELS,
) -> TextToSpeech:
    """Make a voice, with espeak-ng behind it in case it fails.

    Args:
        find: gives the folder of an installed model by its id, or None.
        voice_id: "kokoro:ff_siwis", "piper:<model id>", "espeak:fr"; without it, the voice is chosen by how
            fast each installed one is here, which is measured the first time.
        language: ISO 639-1 code of the voice to choose.
        memory: JSON file in which measured speeds are kept.
        budget_s: seconds to first audio within which the finest voice wins.
        threads: threads of one inference; by default up to two.
        piper_models: ids of the Piper voices to look for.

    Raises:
        SpeechError: VOICE_UNKNOWN when no voice has this id, VOICE_UNAVAILABLE when it cannot be loaded.
    """
    threads = threads or min(2, os.cpu_count() or 1)
    voices = installed_voices(find, piper_models)
    if voice_id is not None:
        return _named(voices, voice_id, threads)
    made = choose([v for v in voices if v.language == language and v.neural], memory, budget_s, threads)
    floor = espeak_voice(language).make(threads)
    return floor if made is None else FallbackVoice([made, floor])


def _named(voices: list[InstalledVoice], voice_id: str, threads: int) -> TextToSpeech:
    engine, _, name = voice_id.partition(":")
    if engine == "espeak" and name:
        return espeak_voice(name).make(threads)
    for voice in voices:
        if voice.id == voice_id:
            return FallbackVoice([voice.make(threads), espeak_voice(voice.language).make(threads)])
    known = ", ".join(voice.id for voice in voices)
    raise SpeechError(f"There is no voice {voice_id!r} here; there are: {known}.", code="VOICE_UNKNOWN")


def choose(
    voices: list[InstalledVoice], memory: Path | None, budget_s: float, threads: int
) -> TextToSpeech | None:
    """Make the first voice that fits the budget, else the fastest one within `PATIENCE_S`, else None."""
    known = SpeedMemory(memory)
    slower: list[tuple[Speed, InstalledVoice]] = []
    if not voices:
        log.warning("No neural voice is installed (see: hive-mind models list); espeak-ng speaks.")
    for voice in voices:
        try:
            made = voice.make(threads)
            speed = known.get(voice)
            if speed is None:
                speed = measure(made)
                known.put(voice, speed)
        except SpeechError as error:
            log.warning("The voice %s cannot be used: %s", voice.id, error.message)
            continue
        log.info("%s: first audio after %.2f s, x%.2f real time", voice.id, *_figures(speed))
        if speed.first_audio_s <= budget_s and speed.real_time_factor < 1.0:
            return made
        slower.append((speed, voice))
    bearable = [pair for pair in slower if pair[0].first_audio_s <= PATIENCE_S]
    if bearable:
        return min(bearable, key=lambda pair: pair[0].first_audio_s)[1].make(threads)
    if voices:
        log.warning("No neural voice is fast enough here; espeak-ng speaks.")
    return None


def _figures(speed: Speed) -> tuple[float, float]:
    return speed.first_audio_s, speed.real_time_factor
