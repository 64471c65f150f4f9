"""What is left of our own voice, and of somebody else's over it.

    ./hive bench echo --near FOLDER

`FOLDER` holds recordings of short commands (WAV, FLAC), each with its words in a text file of the same name
or in a `manifest.jsonl` (`file`, `text`). Our own voice is the installed one; the room is a delay,
reverberation and a loudspeaker that distorts a little. AEC3 (WebRTC) is measured beside ours where
pywebrtc-audio is installed.

ERLE: how much less of our voice there is, in dB, from the third second on. Self: frames in which the voice
activity detector hears a voice while we alone speak, and runs of 224 ms of them a minute, which is what would
interrupt us. Near: commands over our voice in which it hears 224 ms of speech, and their word error rate.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from hive_mind.client.core.echo.base import BLOCK, Cleaned, EchoCanceller, NoEcho
from hive_mind.client.core.echo.canceller import AdaptiveCanceller
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import SpeechToText
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.tts.factory import make_voice
from hive_mind.speech.vad.factory import make_vad

ANSWERS = (
    "Demain à Lyon, il fera beau le matin, avec quelques nuages l'après-midi et quinze degrés.",
    "Le minuteur des pâtes est lancé pour neuf minutes.",
    "La photosynthèse permet aux plantes de transformer la lumière du soleil en énergie.",
    "Tu as trois rendez-vous demain : le dentiste à neuf heures, un déjeuner avec Marie, et une réunion.",
    "Un trou noir est une région de l'espace où la gravité est si forte que rien ne peut en sortir.",
)
ROOMS = ((40, -6.0, 0.3), (120, -6.0, 0.5), (200, 0.0, 0.4), (60, -12.0, 0.5))
"""Delay in ms, echo at the microphone in dB, seconds of reverberation."""

NEAR_DBFS = -20.0
RUN = 7


class Aec3:
    """WebRTC's canceller."""

    def __init__(self) -> None:
        from pywebrtc_audio import AudioProcessor

        self._processor = AudioProcessor(sample_rate=SAMPLE_RATE, echo_cancellation=True)
        self._rest = (np.zeros(0, np.float32), np.zeros(0, np.float32))
        self._ready = np.zeros(160, np.float32)

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        near, far = (np.concatenate(pair) for pair in zip(self._rest, (heard, played), strict=True))
        whole = len(near) // 160 * 160
        self._ready = np.concatenate([self._ready, self._processor.process(near[:whole], far[:whole])])
        self._rest = (near[whole:], far[whole:])
        out, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        return Cleaned(np.pad(out, (0, BLOCK - len(out))), 0.0)

    def reset(self) -> None:
        self._processor.reset()

    @property
    def response(self) -> Samples | None:
        return None


def commands(folder: Path) -> Iterator[tuple[Samples, str]]:
    """The recordings with their words, at most five seconds each."""
    manifest = folder / "manifest.jsonl"
    listed = (
        [json.loads(line) for line in manifest.read_text("utf-8").splitlines()] if manifest.exists() else []
    )
    texts = {row["file"]: row.get("text") or "" for row in listed}
    if not listed:
        found = [path for path in sorted(folder.iterdir()) if path.suffix in (".wav", ".flac")]
        texts = {path.name: path.with_suffix(".txt").read_text("utf-8") for path in found}
    for name, text in texts.items():
        if text and (not listed or name.startswith("fr_command/")):
            samples, rate = soundfile.read(folder / name, dtype="float32")
            samples = soxr.resample(samples, rate, SAMPLE_RATE)[: 5 * SAMPLE_RATE]
            yield samples * (10 ** (NEAR_DBFS / 20) / np.sqrt(np.mean(samples**2))), text


def room(played: Samples, delay_ms: float, gain_db: float, rt60: float) -> Samples:
    """What the microphone hears of it."""
    random = np.random.default_rng(3)
    t = np.arange(int(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    answer = 0.12 * random.standard_normal(len(t)) * np.exp(-6.9 * t / rt60)
    answer[0] = 1.0
    echo = np.convolve(np.tanh(played), answer / np.sqrt(np.sum(answer**2)))[: len(played)]
    echo = np.concatenate([np.zeros(int(delay_ms * SAMPLE_RATE / 1000)), echo])[: len(played)]
    return np.asarray(10 ** (gain_db / 20) * echo + 1e-3 * random.standard_normal(len(echo)), np.float32)


def run(canceller: EchoCanceller, heard: Samples, played: Samples) -> tuple[Samples, float]:
    """The cleaned signal, and the processor's ms for a second of it."""
    starts = range(0, len(heard) - BLOCK + 1, BLOCK)
    began = time.process_time()
    out = [canceller.cancel(heard[at : at + BLOCK], played[at : at + BLOCK]).samples for at in starts]
    spent = time.process_time() - began
    return np.concatenate(out), 1000 * spent / (len(heard) / SAMPLE_RATE)


def speech(samples: Samples) -> list[bool]:
    """For each frame, whether the voice activity detector hears a voice."""
    vad = make_vad()
    starts = range(0, len(samples) - BLOCK + 1, BLOCK)
    return [vad.probability(samples[at : at + BLOCK]) > 0.5 for at in starts]


def runs(frames: list[bool]) -> int:
    """How often a voice lasts 224 ms."""
    return len(re.findall("1" * RUN + "+", "".join("01"[frame] for frame in frames)))


def errors(said: str, heard: str) -> tuple[int, int]:
    """Word errors, at most all of them, and words."""
    a, b = (re.findall(r"\w+", text.lower()) for text in (said, heard))
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return min(row[-1], len(a)), len(a)


def measure(
    make: Callable[[], EchoCanceller],
    own: Samples,
    near: list[tuple[Samples, str]],
    place: tuple[float, float, float],
    stt: SpeechToText,
) -> dict[str, float]:
    """One canceller in one room."""
    echo = room(own, *place)
    alone, cpu = run(make(), echo, own)
    settled = slice(3 * SAMPLE_RATE, len(alone))
    voiced = speech(alone)
    both, spans, at = echo.copy(), [], 8 * SAMPLE_RATE
    for samples, text in near:
        both[at : at + len(samples)] += samples
        spans.append((at, at + len(samples), text))
        at += len(samples) + 3 * SAMPLE_RATE // 2
    cleaned, _ = run(make(), both, own)
    near_voiced = speech(cleaned)
    wrong = words = hits = 0
    for start, end, text in spans:
        heard = stt.transcribe(cleaned[start - 3200 : end + 3200]).text
        more_wrong, more_words = errors(text, heard)
        wrong, words = wrong + more_wrong, words + more_words
        hits += runs(near_voiced[start // BLOCK : end // BLOCK]) > 0
    return {
        "erle_db": 10 * float(np.log10(np.mean(echo[settled] ** 2) / (np.mean(alone[settled] ** 2) + 1e-12))),
        "self_frames_pct": 100 * float(np.mean(voiced)),
        "self_runs_per_min": runs(voiced) * 60 * SAMPLE_RATE / len(own),
        "near_heard_pct": 100 * hits / len(spans),
        "near_wer_pct": 100 * wrong / words,
        "cpu_ms_per_s": cpu,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--near", type=Path, required=True, help="folder of recorded commands")
    parser.add_argument("--minutes", type=float, default=2.0, help="of our own voice")
    parser.add_argument("--commands", type=int, default=12)
    options = parser.parse_args()
    store = ModelStore(models_dir(data_dir()))
    voice = make_voice(store.find, None)
    rate = voice.capabilities.rate
    pieces = [np.concatenate([*voice.synthesize(text), np.zeros(rate // 2, np.float32)]) for text in ANSWERS]
    once = soxr.resample(np.concatenate(pieces), rate, SAMPLE_RATE)
    own = np.resize(once, int(options.minutes * 60 * SAMPLE_RATE)).astype(np.float32)
    stt = make_stt(store.path(store.selected("stt")))
    near = list(commands(options.near))[: options.commands]
    makers: dict[str, Callable[[], EchoCanceller]] = {"nothing": NoEcho, "ours": AdaptiveCanceller}
    try:
        Aec3()
    except ImportError:
        print("pywebrtc-audio is not installed: AEC3 is left out")
    else:
        makers["aec3"] = Aec3
    counted = [errors(text, stt.transcribe(samples).text) for samples, text in near]
    base = 100 * sum(wrong for wrong, _ in counted) / sum(words for _, words in counted)
    print(f"{len(near)} commands, {base:.0f} % word errors without any echo")
    columns = ("ERLE dB", "self %", "self/min", "near %", "near WER %", "ms/s")
    print(f"{'room':26}{'':9}" + "".join(f"{column:>12}" for column in columns))
    results = []
    for place in ROOMS:
        title = f"{place[0]} ms, {place[1]:.0f} dB, {place[2]} s"
        for name, make in makers.items():
            found = measure(make, own, near, place, stt)
            results.append({"room": title, "canceller": name, **found})
            print(f"{title:26}{name:9}" + "".join(f"{value:12.1f}" for value in found.values()), flush=True)
    print(json.dumps({"benchmark": "echo", "base_wer_pct": base, "results": results}))


if __name__ == "__main__":
    main()
