"""Which voices are installed, best first."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_mind.errors import SpeechError
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.espeak import EspeakVoice

Find = Callable[[str], Path | None]
"""Gives the folder of an installed model by its id, or None."""

KOKORO_MODEL = "kokoro-82m-int8"
KOKORO_STYLES = ("kokoro-voices", "kokoro-voices-all")
PIPER_MODELS = ("piper-fr-siwis-medium", "piper-en-joe-medium")

_KOKORO_LANGUAGES = {"a": "en-us", "b": "en-gb", "e": "es", "f": "fr", "h": "hi", "i": "it", "p": "pt-br"}
"""espeak-ng's name of the language by the first letter of a Kokoro voice. Japanese and Chinese voices are
left out: they want other phonemes than espeak-ng's."""


@dataclass(frozen=True, slots=True)
class InstalledVoice:
    """A voice that can be made.

    Attributes:
        id: "kokoro:ff_siwis", "piper:piper-fr-siwis-medium", "espeak:fr".
        language: ISO 639-1 code.
        make: makes it; the argument is the number of threads.
        files: what it is made from, to notice a change.
    """

    id: str
    language: str
    make: Callable[[int], TextToSpeech]
    files: tuple[Path, ...] = ()

    @property
    def neural(self) -> bool:
        """Whether it is more than formant synthesis."""
        return not self.id.startswith("espeak:")


def installed_voices(find: Find, piper_models: Sequence[str] = PIPER_MODELS) -> list[InstalledVoice]:
    """The voices of this machine, the finest first; espeak-ng's French one always is among them.

    Args:
        find: gives the folder of an installed model, or None.
        piper_models: ids of the Piper voices to look for.
    """
    return [*_kokoro(find), *_piper(find, piper_models), espeak_voice("fr")]


def espeak_voice(language: str) -> InstalledVoice:
    """The formant voice for a language, by espeak-ng's name of it."""
    return InstalledVoice(f"espeak:{language}", language.partition("-")[0], lambda _: EspeakVoice(language))


def _kokoro(find: Find) -> Iterator[InstalledVoice]:
    folder = find(KOKORO_MODEL)
    if folder is None:
        return
    styles = {
        file.stem: file for name in KOKORO_STYLES if (place := find(name)) for file in place.glob("*.bin")
    }
    for name, file in sorted(styles.items()):
        spoken = _KOKORO_LANGUAGES.get(name[:1])
        if spoken:
            yield InstalledVoice(
                f"kokoro:{name}",
                spoken.partition("-")[0],
                _kokoro_maker(folder, file, spoken),
                (folder / "model.onnx", file),
            )


def _kokoro_maker(folder: Path, style: Path, spoken: str) -> Callable[[int], TextToSpeech]:
    def _make(threads: int) -> TextToSpeech:
        from hive_mind.speech.tts.kokoro import KokoroVoice  # only where it speaks

        return KokoroVoice(folder, style, language=spoken, threads=threads)

    return _make


def _piper(find: Find, models: Sequence[str]) -> Iterator[InstalledVoice]:
    for model in models:
        if (folder := find(model)) is not None:
            yield InstalledVoice(
                f"piper:{model}", _piper_language(folder), _piper_maker(folder), (folder / "voice.onnx",)
            )


def _piper_maker(folder: Path) -> Callable[[int], TextToSpeech]:
    def _make(threads: int) -> TextToSpeech:
        from hive_mind.speech.tts.piper import PiperVoice  # only where it speaks

        return PiperVoice(folder, threads=threads)

    return _make


def _piper_language(folder: Path) -> str:
    try:
        spoken: str = json.loads((folder / "voice.onnx.json").read_text("utf-8"))["espeak"]["voice"]
    except (OSError, ValueError, KeyError) as error:
        raise SpeechError(
            f"The Piper voice {folder.name} cannot be read: {error!r}.", code="VOICE_UNAVAILABLE"
        ) from error
    return spoken.partition("-")[0]
