"""French sentences from text to voice to Whisper to understanding, before and after repair.

Run: python benchmarks/spoken_nlu.py N ROWS.jsonl [ROWS.jsonl …]

Each row is {"id", "text", "mapped", "group", "slots", "quality"}: "mapped" is one of our intents or "other",
"quality" is "native" or "translated". N rows are drawn with a fixed seed, as many of "other" as there are in
the whole share. Each is said by one of several voices (Kokoro's styles and espeak-ng's variants), half of
them in a noisy room. SPOKEN_STYLES names a folder with more style files for Kokoro (`*.bin`).
"Right" is the right group (weather now or later counts as one) and, for timers, the exact duration.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np

from hive_mind.cli.understand import sentence_folders
from hive_mind.client.core.worker import Worker
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ModelError
from hive_mind.language.speakable import speakable
from hive_mind.mending import Mender
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.files import resample
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.speech.tts.espeak import EspeakVoice
from hive_mind.speech.tts.kokoro import KokoroVoice
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import TalkState, understand

SEED = 7
STYLES = ("ff_siwis", "af_bella", "am_michael", "bm_george", "ef_dora", "em_alex", "pm_alex", "if_sara")
VARIANTS = ("fr", "fr-be", "fr-ch", "fr+f2", "fr+f4", "fr+m2", "fr+m5")
GROUPS = {
    "get_time": "time", "get_date": "date", "get_weather": "weather", "get_forecast": "weather",
    "calendar_add": "calendar", "calendar_query": "calendar",
}  # fmt: skip
UNIT_S = {"hours": 3600, "minutes": 60, "seconds": 1}
QUIET_S = 0.3


class Speakers:
    """Voices, loaded when they first speak.

    Args:
        kokoro: folder of its model.
        styles: its style files.
    """

    def __init__(self, kokoro: Path | None, styles: dict[str, Path]) -> None:
        self._kokoro = kokoro
        self._styles = styles if kokoro is not None else {}
        self._voices: dict[str, TextToSpeech] = {}
        self.names = [*(name for name in STYLES if name in self._styles), *VARIANTS]

    def say(self, text: str, name: str, chance: random.Random) -> Samples:
        """A sentence at `SAMPLE_RATE`, in a quiet room or in a noisy, echoing one."""
        voice = self._voices.get(name)
        if voice is None:
            voice = self._voices[name] = self._make(name)
        spoken = np.concatenate([np.zeros(0, dtype=np.float32), *voice.synthesize(speakable(text))])
        samples = resample(Clip(spoken, voice.capabilities.rate), SAMPLE_RATE).samples
        pause = np.zeros(int(QUIET_S * SAMPLE_RATE), dtype=np.float32)
        samples = np.concatenate([pause, samples, pause])
        return in_a_room(samples, chance) if chance.random() < 0.5 else samples

    def _make(self, name: str) -> TextToSpeech:
        if name in self._styles and self._kokoro is not None:
            return KokoroVoice(self._kokoro, self._styles[name], threads=1, streaming=False)
        return EspeakVoice(name)


def in_a_room(samples: Samples, chance: random.Random) -> Samples:
    """With an echo of a third of a second, and white noise 10 to 20 dB under the voice."""
    rng = np.random.default_rng(chance.randrange(1 << 30))
    length = int(0.3 * SAMPLE_RATE)
    echo = rng.normal(0, 0.02, length) * np.exp(-np.arange(length) / (0.06 * SAMPLE_RATE))
    echo[0] = 1.0
    wet = np.convolve(samples, echo)[: len(samples)]
    level = float(np.sqrt(np.mean(wet**2)) * 10 ** (-chance.uniform(10, 20) / 20))
    noisy = wet + rng.normal(0, level, len(wet))
    loudest = max(1.0, float(np.abs(noisy).max()))
    return (noisy / loudest).astype(np.float32)


@dataclass
class Row:
    """One sentence and what became of it."""

    text: str
    mapped: str
    group: str
    quality: str
    seconds: float | None
    heard: str = ""
    written: Match | None = None
    before: Match | None = None
    after: Match | None = None
    verdict: str = ""
    taken_for: str = ""
    repair_s: float = 0.0

    def right(self, match: Match | None) -> bool:
        """Whether a match is what the sentence means; for "other", whether it is no class of the set."""
        group = GROUPS.get(match.intent, match.intent) if match is not None else "other"
        if self.group == "other":
            return group not in CLASSES
        return group == self.group and (self.seconds is None or _seconds(match) == self.seconds)

    def taken(self, match: Match | None) -> bool:
        """Whether something is done that was not meant."""
        return match is not None and not self.right(match)


CLASSES: set[str] = set()


def _seconds(match: Match | None) -> float | None:
    value = match.slots.get("duration_s") if match is not None else None
    return float(value) if isinstance(value, int | float) else None


def rows(paths: list[str], number: int) -> list[Row]:
    """A sample of the files' rows."""
    found: list[Row] = []
    for path in paths:
        for line in Path(path).read_text("utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            slots = row.get("slots") or {}
            timed = row["mapped"] == "start_timer" and any(unit in slots for unit in UNIT_S)
            seconds = sum(float(slots.get(u) or 0) * s for u, s in UNIT_S.items()) if timed else None
            group = GROUPS.get(row["mapped"], row["mapped"])
            found.append(Row(row["text"], row["mapped"], group, row.get("quality", "native"), seconds))
    CLASSES.update(row.group for row in found if row.group != "other")
    return random.Random(SEED).sample(found, min(number, len(found)))


def progress(sample: list[Row]) -> Iterator[tuple[int, Row]]:
    """Each row with its number, and now and then how far we are."""
    began = time.monotonic()
    for number, row in enumerate(sample):
        if number and number % 10 == 0:
            left = (time.monotonic() - began) / number * (len(sample) - number)
            print(f"\r{number}/{len(sample)}, {left:.0f} s left ", end="", file=sys.stderr, flush=True)
        yield number, row
    print(f"\r{len(sample)}/{len(sample)}          ", file=sys.stderr, flush=True)


def first(grammar: Grammar, text: str) -> Match | None:
    """The first order of an utterance."""
    found, _ = understand(grammar, text, TalkState(), datetime.now().astimezone())
    return found[0] if isinstance(found[0], Match) else None


async def listen(sample: list[Row], speakers: Speakers, stt: WhisperStt, grammar: Grammar) -> None:
    """Say, recognise, understand and repair each row."""
    worker = Worker("stt")
    with tempfile.TemporaryDirectory() as folder:
        mender = Mender(grammar, stt, worker, CorrectionsFile(Path(folder)))
        await mender.prepare()
        for number, row in progress(sample):
            chance = random.Random(f"{SEED} {number}")
            samples = speakers.say(row.text, speakers.names[number % len(speakers.names)], chance)
            transcript = stt.transcribe(samples)
            row.heard = transcript.text
            row.written = first(grammar, row.text)
            row.before = row.after = first(grammar, transcript.text)
            if transcript.text and (row.before is None or grammar.doubts(row.before)):
                began = time.process_time()
                decision = await mender.mend(transcript)
                row.repair_s = time.process_time() - began
                row.verdict, row.taken_for = decision.verdict, decision.text
                row.after = first(grammar, decision.text) if decision.verdict == "accept" else row.before
    worker.close()


def report(name: str, part: list[Row]) -> dict[str, Any]:
    """One line of the table."""
    meant = [row for row in part if row.group != "other"]
    others = [row for row in part if row.group == "other"]
    figures = {
        "sentences": len(meant),
        "written": sum(row.right(row.written) for row in meant),
        "right_before": sum(row.right(row.before) for row in meant),
        "right_after": sum(row.right(row.after) for row in meant),
        "asked": sum(row.verdict == "ask" for row in meant),
        "wrong_before": sum(row.taken(row.before) for row in meant),
        "wrong_after": sum(row.taken(row.after) for row in meant),
        "other": len(others),
        "accepted_before": sum(row.taken(row.before) for row in others),
        "accepted_after": sum(row.taken(row.after) for row in others),
        "other_asked": sum(row.verdict == "ask" for row in others),
    }
    print(f"{name:12}", *(f"{value:>8}" for value in figures.values()))
    return figures


def main() -> None:
    sample = rows(sys.argv[2:], int(sys.argv[1]))
    store = ModelStore(models_dir(data_dir()))
    styles: dict[str, Path] = {}
    try:
        kokoro: Path | None = store.path("kokoro-82m-int8")
        styles = {path.stem: path for path in store.path("kokoro-voices").glob("*.bin")}
    except ModelError as error:
        kokoro = None
        print(f"without Kokoro: {error}", file=sys.stderr)
    if more := os.environ.get("SPOKEN_STYLES"):
        styles |= {path.stem: path for path in Path(more).glob("*.bin")}
    speakers = Speakers(kokoro, styles)
    stt = WhisperStt(store.path(store.selected("stt")))
    grammar = Grammar.load(*sentence_folders(data_dir() / "no-plugins"))
    asyncio.run(listen(sample, speakers, stt, grammar))
    stt.close()
    headings = (
        "meant", "written", "right", "after", "asked", "wrong", "after", "other", "taken", "after", "asked",
    )  # fmt: skip
    print(" " * 12, *(f"{heading:>8}" for heading in headings))
    table = {"all": report("all", sample)}
    for quality in ("native", "translated"):
        table[quality] = report(quality, [row for row in sample if row.quality == quality])
    for row in sample:
        if row.taken(row.after) or row.verdict == "ask":
            print(
                f"  {row.verdict or 'exact':6} {row.mapped} {row.text!r} heard {row.heard!r}: {row.taken_for}"
            )
    times = sorted(row.repair_s * 1000 for row in sample if row.verdict)
    cost = {"median": round(times[len(times) // 2]), "max": round(times[-1])} if times else {}
    print(f"voices: {', '.join(speakers.names)}; processor time of a repair, ms: {cost}")
    print(json.dumps({"benchmark": "spoken_nlu", "rows": len(sample), **table, "repair_cpu_ms": cost}))


if __name__ == "__main__":
    main()
