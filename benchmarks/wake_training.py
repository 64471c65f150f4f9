"""Wake words trained from their spelling alone: on real people, on strangers' voices, and how fast they wake.

Run: python -m benchmarks.wake_training humans AUDIO_FOLDER TRAINED_FOLDER CACHE_FOLDER [WORD...]
     python -m benchmarks.wake_training train PHRASE TRAINED_FOLDER CACHE_FOLDER [SIZE [AUDIO_FOLDER]]
     python -m benchmarks.wake_training strangers TRAINED_FOLDER NAME...
     python -m benchmarks.wake_training delay TRAINED_FOLDER NAME...

AUDIO_FOLDER is that of `benchmarks/wake_word.py`. `humans` trains "alexa" and "jarvis" where TRAINED_FOLDER
lacks them; every second recording without a wake word sets their thresholds, and the others are reported,
with all positives, none of which training ever sees. `strangers` prints what the cards say. `delay` says each
word, trained or stock, in one breath with a question, by all voices, and measures from the word's end to the
verified wake.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np

from benchmarks.one_breath import Speaker, breaths
from benchmarks.wake_word import (
    STORE,
    Clip,
    Listener,
    MicroWakeWordPeer,
    OpenWakeWordPeer,
    Ours,
    manifest,
)
from hive_mind.speech.audio import FRAME_MS, SAMPLE_RATE, silence
from hive_mind.speech.files import read_audio
from hive_mind.speech.segments import frames
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.speech.vad.factory import make_vad
from hive_mind.speech.wake_word.factory import known_word, make_cascade
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.wake_training.front_end import FrontEnd
from hive_mind.wake_training.plan import SIZES
from hive_mind.wake_training.progress import Progress
from hive_mind.wake_training.pronunciations import proposed
from hive_mind.wake_training.studio import Studio
from hive_mind.wake_training.train import Order, save, train
from hive_mind.wake_training.voices import KokoroCrowd

CORES = os.cpu_count() or 1

STOCK = {"alexa": "alexa", "jarvis": "hey_jarvis"}
"""The stock word that a person who says the trained one may be taken to say."""


def recogniser(at_once: int = 1) -> WhisperStt:
    """The second stage."""
    stt = WhisperStt(STORE.path("whisper-base"), at_once=at_once)
    stt.prepare_scoring()
    return stt


def train_here(
    phrase: str,
    trained: Path,
    cache: Path,
    stt: WhisperStt,
    folder: Path | None = None,
    size: str = "normal",
) -> None:
    """Train a word; thresholds from half of a folder's recordings, if one is given."""
    crowd = KokoroCrowd(STORE.path("kokoro-82m-int8"), STORE.path("kokoro-voices-all"))
    studio = Studio(crowd, FrontEnd(STORE.path("openwakeword")), cache, 0)
    everyday = [read_audio(folder / clip.file).samples for clip in halves(folder)[0]] if folder else []
    name = phrase.replace(" ", "_")
    order = Order(phrase, name, proposed(phrase), (), SIZES[size], 0, datetime.now(UTC).date(), everyday)
    told: dict[str, float] = {}

    def tell(step: Progress) -> None:
        told.setdefault(step.stage, time.monotonic())

    began, spent = time.monotonic(), time.process_time()
    made = train(order, studio, stt, tell)
    save(order, made, trained)
    wall, cpu = time.monotonic() - began, time.process_time() - spent
    print(f"{phrase}: trained in {wall:.0f} s, {cpu:.0f} CPU-s")
    print(json.dumps({"trained": phrase, "wall_s": round(wall), "cpu_s": round(cpu)}), flush=True)


def halves(folder: Path) -> tuple[list[Clip], list[Clip]]:
    """The recordings without "alexa" or "jarvis", every second one apart."""
    others = [clip for clip in manifest(folder) if clip.kind != "wake_positive"]
    return others[::2], others[1::2]


def humans(folder: Path, trained: Path, cache: Path, words: Sequence[str] = tuple(STOCK)) -> None:
    """Hits on real people and false wakes on the half that set no threshold, beside the stock detectors.

    All words are listened for at once. What is said for another word belongs to the half that is reported.
    """
    stt = recogniser(CORES)
    for word in words:
        if not (trained / f"{word}.onnx").exists():
            train_here(word, trained, cache, stt, folder)
    stock = [STOCK[word] for word in words]
    makers: dict[str, tuple[Callable[[], Listener], Sequence[str]]] = {
        "trained here, verified": (partial(Ours, words, stt, trained), words),
        "trained here, alone": (partial(Ours, words, None, trained), words),
        "stock, verified by us": (partial(Ours, stock, stt), stock),
        "stock, microWakeWord": (partial(MicroWakeWordPeer, stock), stock),
        "stock, openWakeWord": (partial(OpenWakeWordPeer, stock), stock),
    }
    first, second = halves(folder)
    clips = [*first, *second, *(clip for clip in manifest(folder) if clip.kind == "wake_positive")]
    calibrating = {clip.file for clip in first}
    print(f"{'':34}{'hits':>12}{'false, calibrating half':>26}{'false in the rest':>20}{'hours of it':>14}")
    for name, (make, names) in makers.items():
        try:
            listener = make()
        except ImportError as error:
            print(f"{name}: not installed ({error})")
            continue
        found = {clip.file: heard(listener, folder, clip) for clip in clips}
        for word, said in zip(words, names, strict=True):
            mine = [clip for clip in clips if word in clip.word and clip.kind == "wake_positive"]
            rest = [clip for clip in clips if word not in clip.word]
            hits = sum(said in found[clip.file] for clip in mine)
            wrong = {clip.file: found[clip.file].count(said) for clip in rest if said in found[clip.file]}
            half = sum(count for file, count in wrong.items() if file in calibrating)
            other = sum(wrong.values()) - half
            hours = sum(clip.seconds for clip in rest if clip.file not in calibrating) / 3600
            print(
                f"{f'{word}, {name}':34}{f'{hits}/{len(mine)}':>12}{half:26}{other:20}{hours:14.2f}",
                flush=True,
            )
            line = {"word": word, "detector": name, "hits": hits, "of": len(mine), "false": [half, other]}
            print(json.dumps(line | {"hours": round(hours, 3), "woke_in": wrong}))


def heard(listener: Listener, folder: Path, clip: Clip) -> list[str]:
    """The wakes in a recording, with silence around it."""
    recording = read_audio(folder / clip.file).samples
    return listener(np.concatenate([silence(0.5), recording, silence(1.0)]))


def strangers(trained: Path, names: Sequence[str]) -> None:
    """What was measured when the words were trained."""
    for name in names:
        found = json.loads((trained / f"{name}.json").read_text("utf-8"))["training"]["evaluation"]
        for stage in ("missed_alone", "missed"):
            rates = ", ".join(f"{room} {rate['count']}/{rate['of']}" for room, rate in found[stage].items())
            print(f"{name}: {stage}: {rates}")
        near = f"{found['near']['count']}/{found['near']['of']}"
        print(
            f"{name}: near misses that wake: {near}; false wakes {found['false_wakes']} in {found['hours']} h"
        )
        keys = ("missed", "missed_alone", "near", "near_alone", "false_wakes", "asked", "hours")
        print(json.dumps({"word": name} | {key: found[key] for key in keys}))


def delay(trained: Path, names: Sequence[str]) -> None:
    """From the word's end to the verified wake: audio that must be there, then what verifying takes.

    A candidate waits while another one is being verified.
    """
    stt, vad = recogniser(), make_vad()
    STORE.path("kokoro-voices-all")
    speaker = Speaker(STORE.path("kokoro-82m-int8"), STORE.path("kokoro-voices"))
    for name in names:
        phrase = known_word(STORE.find, name, trained).card.phrase
        cascade = make_cascade(STORE.find, [WordSetting(name)], stt, trained=trained)
        delays: list[float] = []
        errors: list[float] = []
        waited: list[float] = []
        verifying: list[float] = []
        said = list(breaths(speaker, phrase, speaker.names()))
        for breath in said:
            cascade.reset()
            vad.reset()
            free = 0.0
            for number, frame in enumerate(frames([breath.samples])):
                candidate = cascade.hear(frame, vad.probability(frame))
                if candidate is None:
                    continue
                began = time.process_time()
                accepted = cascade.verify(candidate).accepted
                verifying.append(1000 * (time.process_time() - began))
                here = (number + 1) * FRAME_MS
                free = max(free, here) + verifying[-1]
                if accepted:
                    ended = breath.end * 1000 / SAMPLE_RATE
                    waited.append(here - ended)
                    delays.append(free - ended)
                    errors.append(candidate.wake.end_sample * 1000 / SAMPLE_RATE - ended)
                    break
        print(f"{name}: verified {len(delays)} of {len(said)}")
        rows = {
            "word's end to wake": delays,
            "of it, audio waited for": waited,
            "one verification": verifying,
            "end taken too late": errors,
        }
        for what, values in rows.items():
            low, mid, high = np.percentile(values or [np.nan], [5, 50, 95])
            print(f"  {what:24} p5 {low:.0f}, p50 {mid:.0f}, p95 {high:.0f} ms")
        line = {"word": name, "heard": len(delays), "of": len(said), "delay_ms": delays, "waited_ms": waited}
        print(json.dumps(line), flush=True)


def main(arguments: list[str]) -> int:
    """Run one part."""
    match arguments:
        case ["humans", folder, trained, cache, *words]:
            humans(Path(folder), Path(trained), Path(cache), words or tuple(STOCK))
        case ["train", phrase, trained, cache]:
            train_here(phrase, Path(trained), Path(cache), recogniser(CORES))
        case ["train", phrase, trained, cache, size]:
            train_here(phrase, Path(trained), Path(cache), recogniser(CORES), size=size)
        case ["train", phrase, trained, cache, size, folder]:
            train_here(phrase, Path(trained), Path(cache), recogniser(CORES), Path(folder), size)
        case ["strangers", trained, *names]:
            strangers(Path(trained), names)
        case ["delay", trained, *names]:
            delay(Path(trained), names)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
