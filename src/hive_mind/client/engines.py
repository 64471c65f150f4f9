"""Loading what hears and speaks. Blocking, seconds long: done once, before anybody speaks."""

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hive_mind.client.config import ClientConfig
from hive_mind.errors import ModelError
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, voice_speeds_file
from hive_mind.speech.audio import silence
from hive_mind.speech.engines import (
    SpeechToText,
    VoiceActivityDetector,
    WakeWordDetector,
    WakeWordVerifier,
)
from hive_mind.speech.stt.absent import AbsentStt
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.speech.tts.factory import make_voice
from hive_mind.speech.vad.factory import make_vad
from hive_mind.speech.wake_word.factory import make_wake_words
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.understanding.grammar import Grammar

SATELLITE_VOICE = "espeak:fr"
SATELLITE_CACHE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Engines:
    """Ears, voice and grammar of one client, warm.

    Attributes:
        wake: hears its name; None where it has none.
        wake_verifier: looks twice before its name counts; None trusts `wake`.
    """

    vad: VoiceActivityDetector
    stt: SpeechToText
    voice: CachedVoice
    grammar: Grammar
    wake: WakeWordDetector | None = None
    wake_verifier: WakeWordVerifier | None = None


def finder(store: ModelStore) -> Callable[[str], Path | None]:
    """Looks up the folder of an installed model, or None."""

    def _find(model_id: str) -> Path | None:
        try:
            return store.path(model_id)
        except ModelError:
            return None

    return _find


def load_engines(config: ClientConfig) -> Engines:
    """Load and warm everything, side by side.

    Raises:
        ModelError: a model is missing, damaged or unknown; the message says what to run.
        SpeechError: the voice is unknown or cannot be had.
    """
    store = ModelStore(models_dir(config.data_folder))
    if config.profile == "satellite":
        return _satellite(config, store)
    stt_folder = store.path(config.stt_model or store.selected("stt"))
    with ThreadPoolExecutor(thread_name_prefix="load") as pool:
        stt = pool.submit(make_stt, stt_folder, threads=config.stt_threads)
        voice = pool.submit(
            make_voice, finder(store), config.voice, memory=voice_speeds_file(config.data_folder)
        )
        grammar = pool.submit(_warm_grammar)
        vad = make_vad()
        engines = Engines(vad, stt.result(), CachedVoice(voice.result()), grammar.result())
    vad.probability(silence(0.032))
    vad.reset()
    gc.freeze()  # what was loaded stays: no garbage to look for in it, which takes a third of a second
    return engines


def _satellite(config: ClientConfig, store: ModelStore) -> Engines:
    """What a machine with little memory can hold: its name, voice activity, and a voice for its own words."""
    voice = CachedVoice(make_voice(store.find, config.voice or SATELLITE_VOICE), SATELLITE_CACHE_BYTES)
    wake = None
    if config.listening == "wake_word":
        words = [WordSetting(word, share) for word, share in config.wake_words.items()]
        wake = make_wake_words(store.find, words)
    nothing = Grammar(())  # no word is understood here
    return Engines(make_vad(), AbsentStt(), voice, nothing, wake)


def _warm_grammar() -> Grammar:
    grammar = Grammar.load()
    grammar.warm()
    return grammar
