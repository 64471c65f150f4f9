"""Makes the detector for the wake words that were chosen."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_mind.errors import ConfigError, ModelError
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import ScoresPhrases, WakeWordDetector
from hive_mind.speech.wake_word.card import WakeWordCard, read_card, stock_cards
from hive_mind.speech.wake_word.cascade import Candidates, Cascade
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.speech.wake_word.several import SeveralDetectors
from hive_mind.speech.wake_word.trigger import BRIEF, REFRACTORY, TriggerWord, threshold_at
from hive_mind.speech.wake_word.unverified import UnverifiedWakeWords
from hive_mind.speech.wake_word.verifier import Phrase, WakeVerifier, phrase_of

Find = Callable[[str], Path | None]
"""Gives the folder of an installed model by its id, or None."""

MODEL = "openwakeword"
"""Id of the model with the front end and the stock words."""

SUFFIXES = (".onnx", ".tflite")
PORCUPINE = ".ppn"


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A wake word and where its network is.

    Attributes:
        name: for settings and traces.
        card: what is known about it.
        model: its file.
    """

    name: str
    card: WakeWordCard
    model: Path


def make_wake_words(
    find: Find,
    words: Sequence[WordSetting],
    *,
    trained: Path | None = None,
    environment: Mapping[str, str] | None = None,
    loose: bool = False,
) -> WakeWordDetector:
    """A detector for these words, loaded.

    Args:
        find: gives the folder of an installed model by its id, or None.
        words: at least one; none twice.
        trained: folder of the household's own words, `<name>.onnx` with `<name>.json`.
        environment: where Porcupine's key is looked for (`HIVE_MIND_PORCUPINE_KEY`); the process's own.
        loose: wakes far too easily, because each wake is verified.

    Raises:
        ConfigError: no word, or one twice.
        ModelError: MODEL_UNKNOWN for a word that does not exist, MODEL_MISSING, MODEL_CORRUPT,
            MODEL_UNAVAILABLE, ENGINE_MISSING. The message says which, and what to do.
    """
    if not words or len({setting.word for setting in words}) < len(words):
        raise ConfigError("Name at least one wake word, and none twice.")
    given = os.environ if environment is None else environment
    ours = [setting for setting in words if not setting.word.endswith(PORCUPINE)]
    theirs = [setting for setting in words if setting.word.endswith(PORCUPINE)]
    detectors: list[WakeWordDetector] = []
    if ours:
        detectors.append(_openwakeword(find, ours, trained, loose=loose))
    if theirs:
        from hive_mind.speech.wake_word.porcupine import make_porcupine

        detectors.append(make_porcupine(theirs, given))
    return detectors[0] if len(detectors) == 1 else SeveralDetectors(detectors)


def known_word(find: Find, word: str, trained: Path | None = None) -> KnownWord:
    """Look a word up: by path, among the household's own, among the stock ones.

    Raises:
        ModelError: MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT.
    """
    path = Path(word)
    if path.suffix in SUFFIXES:
        return _from_file(path.expanduser())
    own = [folder / f"{word}{suffix}" for folder in (trained,) if folder for suffix in SUFFIXES]
    for file in own:
        if file.is_file():
            return _from_file(file)
    if card := stock_cards().get(word):
        return KnownWord(word, card, _front_end(find) / f"{word}.tflite")
    names = ", ".join(word_names(trained))
    raise ModelError(
        f"no wake word is called '{word}'; there are: {names}. A file is named by its path.",
        code="MODEL_UNKNOWN",
    )


def word_names(trained: Path | None = None) -> tuple[str, ...]:
    """Every wake word that can be chosen by name: the stock ones, then the household's own."""
    return (*stock_cards(), *_trained_names(trained))


def spellings_of(find: Find, words: Sequence[WordSetting], trained: Path | None = None) -> tuple[str, ...]:
    """How the chosen words' phrases may stand at the head of a transcript; longest first.

    Raises:
        ModelError: as `known_word`.
    """
    cards = [known_word(find, each.word, trained).card for each in words if not each.word.endswith(PORCUPINE)]
    names = [Path(each.word).stem for each in words if each.word.endswith(PORCUPINE)]
    found = [spelling for card in cards for spelling in card.all_spellings]
    return tuple(sorted(dict.fromkeys([*found, *names]), key=len, reverse=True))


def make_cascade(
    find: Find,
    words: Sequence[WordSetting],
    stt: ScoresPhrases,
    *,
    trained: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Cascade:
    """A loose detector for these words whose wakes a recogniser verifies.

    Args:
        find: gives the folder of an installed model by its id, or None.
        words: at least one; none twice. Those of Porcupine are not verified.
        stt: verifies.
        trained: folder of the household's own words.
        environment: where Porcupine's key is looked for; the process's own.

    Raises:
        ConfigError: as `make_wake_words`.
        ModelError: as `make_wake_words`.
    """
    detector = make_wake_words(find, words, trained=trained, environment=environment, loose=True)
    known = [each for _, each in _ours(find, words, trained)]
    phrases = {word.name: phrase_of(word.card) for word in known}
    return Cascade(detector, WakeVerifier(stt, phrases))


def make_unverified(
    find: Find,
    words: Sequence[WordSetting],
    *,
    trained: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> UnverifiedWakeWords:
    """The same for a machine without a recogniser: somebody else verifies.

    Raises:
        ConfigError: as `make_wake_words`.
        ModelError: as `make_wake_words`.
    """
    detector = make_wake_words(find, words, trained=trained, environment=environment, loose=True)
    phrases: dict[str, Phrase] = {}
    strict: dict[str, float] = {}
    for setting, known in _ours(find, words, trained):
        phrases[known.name] = phrase_of(known.card)
        strict[known.name] = threshold_at(known.card.threshold, setting.sensitivity)
    return UnverifiedWakeWords(Candidates(detector), phrases, strict)


def _ours(
    find: Find, words: Sequence[WordSetting], trained: Path | None
) -> list[tuple[WordSetting, KnownWord]]:
    """Those that openWakeWord's networks hear."""
    ours = [setting for setting in words if not setting.word.endswith(PORCUPINE)]
    return [(setting, known_word(find, setting.word, trained)) for setting in ours]


def _openwakeword(
    find: Find, words: Sequence[WordSetting], trained: Path | None, *, loose: bool
) -> WakeWordDetector:
    from hive_mind.speech.wake_word.detector import ListenedWord, OpenWakeWord
    from hive_mind.speech.wake_word.embedding import SpeechEmbedding
    from hive_mind.speech.wake_word.head import load_head
    from hive_mind.speech.wake_word.mel import MelSpectrum

    listened: list[ListenedWord] = []
    for setting in words:
        known = known_word(find, setting.word, trained)
        own = known.card.loose_threshold if loose else known.card.threshold
        threshold = threshold_at(own, setting.sensitivity)
        lag = known.card.lag_ms * SAMPLE_RATE // 1000
        listened.append(ListenedWord(TriggerWord(known.name, threshold, lag), load_head(known.model)))
    folder = _front_end(find)
    mel = MelSpectrum(folder / "melspectrogram.tflite")
    embedding = SpeechEmbedding(folder / "embedding_model.tflite")
    return OpenWakeWord(mel, embedding, listened, refractory=BRIEF if loose else REFRACTORY)


def _front_end(find: Find) -> Path:
    if folder := find(MODEL):
        return folder
    raise ModelError(
        f"the wake words need the model {MODEL}. Fetch it with `./hive models pull {MODEL}`.",
        code="MODEL_MISSING",
    )


def _from_file(model: Path) -> KnownWord:
    if not model.is_file():
        raise ModelError(f"there is no wake word model {model}.", code="MODEL_MISSING")
    return KnownWord(model.stem, read_card(model.with_suffix(".json")), model)


def _trained_names(trained: Path | None) -> Iterator[str]:
    if trained and trained.is_dir():
        yield from sorted({path.stem for path in trained.iterdir() if path.suffix in SUFFIXES})
