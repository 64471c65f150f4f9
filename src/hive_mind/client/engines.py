"""Loading what hears and speaks. Blocking, seconds long: done once, before anybody speaks."""

import gc
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from hive_mind.client.config import ClientConfig
from hive_mind.errors import ModelError
from hive_mind.memory import give_back, one_heap
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, voice_speeds_file, wake_words_dir
from hive_mind.speech.audio import silence
from hive_mind.speech.engines import (
    ScoresPhrases,
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
from hive_mind.speech.wake_word.cascade import VerifiedWakeWords
from hive_mind.speech.wake_word.factory import make_cascade, make_unverified, spellings_of
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.understanding.grammar import Grammar

SATELLITE_VOICE = "espeak:fr"
SATELLITE_CACHE_BYTES = 1_000_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Names:
    """What hears certain wake words.

    Attributes:
        wake: hears them.
        verifier: looks twice before they count; None trusts `wake`.
        spellings: how they may stand at the head of a transcript.
    """

    wake: WakeWordDetector
    verifier: WakeWordVerifier | None = None
    spellings: tuple[str, ...] = ()


@dataclass(slots=True)
class Engines:
    """Ears, voice and grammar of one client, warm.

    Attributes:
        grammar: the live one, which grows by the plugins of a server.
        wake: hears its name; None where it has none.
        wake_verifier: looks twice before its name counts; None trusts `wake`.
        name_it: loads what hears other wake words, each with its sensitivity; blocking. Raises `ModelError`.
    """

    vad: VoiceActivityDetector
    stt: SpeechToText
    voice: CachedVoice
    grammar: Grammar
    wake: WakeWordDetector | None = None
    wake_verifier: WakeWordVerifier | None = None
    name_it: Callable[[Mapping[str, float]], Names] | None = None


def load_engines(config: ClientConfig) -> Engines:
    """Load and warm everything, side by side. Without its wake word a client goes on, and says so in the log.

    Raises:
        ModelError: a model is missing, damaged or unknown; the message says what to run.
        SpeechError: the voice is unknown or cannot be had.
    """
    one_heap()
    store = ModelStore(models_dir(config.data_folder))
    if config.profile == "satellite":
        return _satellite(config, store)
    stt_folder = store.path(config.stt_model or store.selected("stt"))
    with ThreadPoolExecutor(thread_name_prefix="load") as pool:
        stt = pool.submit(make_stt, stt_folder, threads=config.stt_threads)
        voice = pool.submit(
            make_voice, store.find, config.voice, memory=voice_speeds_file(config.data_folder)
        )
        words = _words(config)
        trained = wake_words_dir(config.data_folder)
        grammar = pool.submit(_warm_grammar, store.find, words, trained)
        vad = make_vad()
        wake = None
        if config.listening == "wake_word":
            wake = _wake_words(store.find, words, stt.result(), trained)
        engines = Engines(
            vad,
            stt.result(),
            CachedVoice(voice.result()),
            grammar.result(),
            wake,
            wake,
            _namer(store.find, stt.result(), trained),
        )
    vad.probability(silence(0.032))
    vad.reset()
    if wake is not None:
        wake.warm()
    give_back()
    gc.freeze()  # what was loaded stays: no garbage to look for in it, which takes a third of a second
    return engines


def _words(config: ClientConfig) -> list[WordSetting]:
    return [WordSetting(word, sensitivity) for word, sensitivity in config.wake_words.items()]


def _satellite(config: ClientConfig, store: ModelStore) -> Engines:
    """What a machine with little memory can hold: its name, voice activity, and a voice for its own words."""
    voice = CachedVoice(make_voice(store.find, config.voice or SATELLITE_VOICE), SATELLITE_CACHE_BYTES)
    wake: WakeWordDetector | None = None
    try:
        if config.listening == "wake_word":
            wake = make_unverified(store.find, _words(config), trained=wake_words_dir(config.data_folder))
    except ModelError as error:
        _log.warning("it will not hear its name", code=error.code, reason=error.message)
    nothing = Grammar(())  # no word is understood here
    name_it = _namer(store.find, None, wake_words_dir(config.data_folder))
    engines = Engines(make_vad(), AbsentStt(), voice, nothing, wake, name_it=name_it)
    give_back()
    return engines


def _namer(
    find: Callable[[str], Path | None], stt: SpeechToText | None, trained: Path
) -> Callable[[Mapping[str, float]], Names]:
    """Loads what hears other wake words."""

    def _name_it(words: Mapping[str, float]) -> Names:
        chosen = [WordSetting(word, sensitivity) for word, sensitivity in words.items()]
        spellings = spellings_of(find, chosen, trained)
        if stt is None or not isinstance(stt, ScoresPhrases):
            return Names(make_unverified(find, chosen, trained=trained), None, spellings)
        both = VerifiedWakeWords(make_cascade(find, chosen, stt, trained=trained))
        return Names(both, both, spellings)

    return _name_it


def _wake_words(
    find: Callable[[str], Path | None], words: Sequence[WordSetting], stt: SpeechToText, trained: Path
) -> VerifiedWakeWords | None:
    if not isinstance(stt, ScoresPhrases):
        return None
    try:
        return VerifiedWakeWords(make_cascade(find, words, stt, trained=trained))
    except ModelError as error:
        _log.warning("it will not hear its name", code=error.code, reason=error.message)
        return None


def _warm_grammar(find: Callable[[str], Path | None], words: Sequence[WordSetting], trained: Path) -> Grammar:
    try:
        names = spellings_of(find, words, trained)
    except ModelError:
        names = ()  # told where the words themselves are loaded
    grammar = Grammar.load(robot_names=names)
    grammar.warm()
    return grammar
