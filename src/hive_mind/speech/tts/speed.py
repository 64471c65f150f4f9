"""How fast a voice is on this machine: measured once, remembered in a small file."""

import json
import logging
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.voices import InstalledVoice

log = logging.getLogger(__name__)

PHRASE = "La capitale de l'Italie est Rome."


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a voice is.

    Attributes:
        first_audio_s: seconds from text to first audible sample of a short clause.
        real_time_factor: seconds of work for a second of speech.
    """

    first_audio_s: float
    real_time_factor: float


def measure(voice: TextToSpeech, phrase: str = PHRASE, runs: int = 2) -> Speed:
    """Speak a short clause into nowhere; the best of `runs` after one that warms the engine up.

    Raises:
        SpeechError: the voice failed.
    """
    best: list[Speed] = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        first, samples = 0.0, 0
        for piece in voice.synthesize(phrase):
            first = first or time.perf_counter() - start
            samples += len(piece)
        spent = time.perf_counter() - start
        best.append(Speed(first, spent * voice.capabilities.rate / max(samples, 1)))
    return min(best[1:], key=lambda speed: speed.first_audio_s)


class SpeedMemory:
    """Measured speeds in a JSON file, by machine and voice; that it cannot be read or written is no fault.

    Args:
        path: the file; None to remember nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, dict[str, float]] = {}
        if path is not None:
            try:
                self._known = json.loads(path.read_text("utf-8"))
            except (OSError, ValueError):
                self._known = {}

    def get(self, voice: InstalledVoice) -> Speed | None:
        """What was measured for this voice on this machine with these files."""
        try:
            return Speed(**self._known[_key(voice)])
        except (KeyError, TypeError):
            return None

    def put(self, voice: InstalledVoice, speed: Speed) -> None:
        """Remember."""
        self._known[_key(voice)] = asdict(speed)
        if self._path is None:
            return
        new = self._path.with_name(f"{self._path.name}.{uuid4().hex}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(self._known, indent=1), "utf-8")
            new.replace(self._path)
        except OSError as error:
            log.info("The voice's speed cannot be remembered: %s", error)


def _key(voice: InstalledVoice) -> str:
    sizes = "+".join(str(file.stat().st_size) for file in voice.files if file.exists())
    return f"{platform.node()}/{platform.machine()}/{os.cpu_count()}/{voice.id}/{sizes}"
