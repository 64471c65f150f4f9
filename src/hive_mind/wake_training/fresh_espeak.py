"""espeak-ng as if nothing had been said before: the same words give the same sound.

The library lets the pitch flutter, going on where its last utterance ended, and hisses by chance. A copy
of it that is loaded for one utterance, told its chance, and unloaded after it begins anew each time: 4 ms.
"""

import _ctypes
import atexit
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hive_mind.speech.tts.phonemes import EspeakLibrary, espeak_file

_one = threading.Lock()


def _copy() -> Path:
    """The copy; another one where somebody has tidied up the folder for temporary files."""
    if not _made().exists():
        _made.cache_clear()
    return _made()


@cache
def _made() -> Path:
    """A copy of the library's file: what is loaded from it shares nothing with this process's own."""
    folder = Path(tempfile.mkdtemp(prefix="hive-mind-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copy(espeak_file(), folder))


def speak(text: str, voice: str, words_per_minute: int, take: Callable[[bytes], bool]) -> int:
    """Synthesise, as `EspeakLibrary.speak` does; gives the rate.

    Raises:
        SpeechError: VOICE_UNAVAILABLE, VOICE_UNKNOWN.
    """
    with _one:
        library = EspeakLibrary(_copy(), seed=1)
        try:
            library.speak(text, voice, words_per_minute, take)
            return library.rate
        finally:
            _unload(library.close())


def _unload(handle: int) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(handle)
    else:
        _ctypes.dlclose(handle)
