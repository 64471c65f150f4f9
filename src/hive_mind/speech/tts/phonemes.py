"""French text to the phonemes that neural voices read, through the espeak-ng library.

The library is loaded once per process and has one state for all threads, so each call holds one lock for the
millisecond it takes. It drops punctuation, which is where Kokoro's prosody comes from: the text is cut at it
and it is put back.
"""

import ctypes
import re
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hive_mind.errors import SpeechError

IPA_WITH_TIES = 0x82 | ord("^") << 8
"""espeak-ng's phoneme mode: IPA, one phoneme's letters joined by "^"."""

_UTF8 = 1
_SYNCHRONOUS = 2
_RATE = 1
_QUOTES = re.compile(r"\s*[«»“”\"]\s*")
_PUNCTUATION = re.compile(r"((?:\s*[.,;:!?…—–()])+|\s-+\s)\s*")
_STRONGEST = "?!….:;,—()"
_LANGUAGE_SWITCH = re.compile(r"\([a-z^-]+\)")
# The symbols that Kokoro was trained with for phonemes that espeak-ng writes with two letters.
_TIED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
}

SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
"""What espeak-ng calls with each piece of audio; a non-zero return stops it."""


def espeak_file() -> Path:
    """The library's file.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when it is not installed.
    """
    try:
        import espeakng_loader

        return Path(espeakng_loader.get_library_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise SpeechError(
            f"espeak-ng cannot be loaded ({error}); install the package espeakng-loader.",
            code="VOICE_UNAVAILABLE",
        ) from error


class EspeakLibrary:
    """The espeak-ng library of this process. Get it with `espeak_library()`.

    Args:
        file: of the library.
        seed: of its chance; the clock's by default.
    """

    def __init__(self, file: Path, seed: int | None = None) -> None:
        try:
            import espeakng_loader

            self._library = ctypes.CDLL(str(file))
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError, RuntimeError) as error:
            raise SpeechError(
                f"espeak-ng cannot be loaded ({error}); install the package espeakng-loader.",
                code="VOICE_UNAVAILABLE",
            ) from error
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [
            ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_int,
            ctypes.c_int,
        ]
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), 0)
        if self.rate <= 0:
            raise SpeechError("espeak-ng refuses its own data folder.", code="VOICE_UNAVAILABLE")
        if seed is not None:
            self._library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
        self._lock = threading.Lock()
        self._voice = ""

    def phonemes(self, text: str, voice: str) -> list[str]:
        """IPA of each clause of `text` with ties; `voice` is espeak-ng's name of a language."""
        with self._lock:
            self._use(voice)
            rest = ctypes.c_char_p(text.encode())
            found: list[str] = []
            while rest.value:
                ipa = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, IPA_WITH_TIES)
                found.append((ipa or b"").decode())
        return [ipa for ipa in found if ipa]

    def speak(self, text: str, voice: str, words_per_minute: int, take: Callable[[bytes], bool]) -> None:
        """Synthesise; `take` is called with 16-bit samples at `rate` and says whether to go on.

        Raises:
            SpeechError: espeak-ng failed.
        """

        def callback(samples: Any, count: int, _events: int) -> int:
            going_on = take(ctypes.string_at(samples, count * 2)) if samples and count > 0 else True
            return 0 if going_on else 1

        function = SynthCallback(callback)
        data = text.encode()
        with self._lock:
            self._use(voice)
            self._library.espeak_SetSynthCallback(function)
            self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
            status = self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        if status != 0:
            raise SpeechError(f"espeak-ng failed with status {status}.")

    def close(self) -> int:
        """Give its memory back; the handle of the loaded library, which is of no use otherwise."""
        self._library.espeak_Terminate()
        handle: int = self._library._handle  # noqa: SLF001 - ctypes has no other way to it
        return handle

    def _use(self, voice: str) -> None:
        if voice == self._voice:
            return
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SpeechError(f"espeak-ng has no voice {voice!r}.", code="VOICE_UNKNOWN")
        self._voice = voice


_loading = threading.Lock()


@cache
def _load() -> EspeakLibrary:
    return EspeakLibrary(espeak_file())


def espeak_library() -> EspeakLibrary:
    """The library, loaded on first use.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when it is not installed.
    """
    with _loading:
        return _load()


def has_letters(text: str) -> bool:
    """Whether there is anything to say in `text`."""
    return any(character.isalnum() for character in text)


def phonemize(text: str, voice: str = "fr") -> str:
    """Phonemes of `text` in Kokoro's symbols, punctuation kept: "Ça va ?" → "sa vˈa?".

    Args:
        text: speakable text.
        voice: espeak-ng's name of the language.
    """
    library = espeak_library()
    written: list[str] = []
    # A pattern with one group: even places hold what lies between, odd places what was found.
    for index, piece in enumerate(_PUNCTUATION.split(_QUOTES.sub(" ", text.replace("’", "'")))):
        if index % 2:
            written.append(_mark(piece))
        elif has_letters(piece):
            written.append(" ".join(library.phonemes(piece, voice)))
    return _tidy("".join(written))


def _mark(punctuation: str) -> str:
    """One mark for a run of punctuation, with the space that goes with it."""
    run = punctuation.replace("...", "…").replace("–", "—").replace("-", "—")
    mark = next(strong for strong in _STRONGEST if strong in run)
    return f" {mark}" if mark == "(" else f"{mark} "


def _tidy(ipa: str) -> str:
    ipa = _LANGUAGE_SWITCH.sub("", ipa)
    for tied, symbol in _TIED.items():
        ipa = ipa.replace(tied, symbol)
    return re.sub(r"\s+", " ", ipa.replace("^", "").replace("-", "")).strip()
