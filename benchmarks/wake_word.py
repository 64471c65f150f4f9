"""Wake words: hits, false wakes, cost, and where the word ends, beside microWakeWord and openWakeWord.

Run: python benchmarks/wake_word.py detect AUDIO_FOLDER [OUT_FOLDER]
     python benchmarks/wake_word.py cost AUDIO_FOLDER [TRAINED_FOLDER NAME...]
     python benchmarks/wake_word.py ends

The folder holds `manifest.jsonl` with {"file", "kind", "wake_word", "seconds"}: a `wake_positive` holds its
word, everything else none. OUT_FOLDER takes predictions of each detector ({"file", "detected"}). The peers
take part where the packages pyopen-wakeword and pymicro-wakeword are installed. `cost` measures one
detector after the other on the same speech and the same near-silence, with one word and with all, of those
that were trained here where they are named; `ends` needs Kokoro and its voices.
"""

import collections
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np
import psutil

from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence, to_pcm16
from hive_mind.speech.engines import VoiceActivityDetector
from hive_mind.speech.files import read_audio
from hive_mind.speech.segments import frames
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.speech.vad.factory import make_vad
from hive_mind.speech.wake_word.cascade import SAME_CALL, Cascade
from hive_mind.speech.wake_word.factory import make_cascade, make_wake_words
from hive_mind.speech.wake_word.settings import WordSetting

WORDS = ("hey_jarvis", "alexa", "hey_mycroft", "okay_nabu", "hey_rhasspy")
MICRO_WORDS = WORDS[:4]
PEER_FRAME = 1280
STORE = ModelStore(models_dir(data_dir()))


class Listener(Protocol):
    """Anything that finds wake words in a clip."""

    def __call__(self, audio: Samples) -> list[str]:
        """Names of the words, one for each wake, from a fresh state."""
        ...


class Ours:
    """The detector alone, or with the second stage; the cost of the VAD is told apart."""

    def __init__(
        self, words: Sequence[str], stt: WhisperStt | None = None, trained: Path | None = None
    ) -> None:
        self._vad: VoiceActivityDetector = make_vad()
        settings = [WordSetting(word) for word in words]
        self._detector = (
            make_cascade(STORE.find, settings, stt, trained=trained)
            if stt
            else make_wake_words(STORE.find, settings, trained=trained)
        )
        self.verified = 0
        self.verifying_s = 0.0
        self.vad_s = 0.0

    def __call__(self, audio: Samples) -> list[str]:
        self._detector.reset()
        self._vad.reset()
        found: list[str] = []
        called = -SAME_CALL
        for frame in frames([audio]):
            began = time.process_time()
            speech = self._vad.probability(frame)
            self.vad_s += time.process_time() - began
            if isinstance(self._detector, Cascade):
                candidate = self._detector.hear(frame, speech)
                if candidate and candidate.wake.end_sample >= called + SAME_CALL:
                    began = time.process_time()
                    accepted = self._detector.verify(candidate).accepted
                    self.verifying_s += time.process_time() - began
                    self.verified += 1
                    if accepted:
                        found.append(candidate.wake.word)
                        called = candidate.wake.end_sample
            elif wake := self._detector.hear(frame, speech):
                found.append(wake.word)
        return found


class OpenWakeWordPeer:
    """openWakeWord's streaming as pyopen-wakeword has it: every 80 ms everything, at 0.5."""

    def __init__(self, words: Sequence[str]) -> None:
        import pyopen_wakeword as peer

        self._features = peer.OpenWakeWordFeatures.from_builtin()
        self._words = {word: peer.OpenWakeWord.from_builtin(peer.Model(word)) for word in words}

    def __call__(self, audio: Samples) -> list[str]:
        self._features.reset()
        for model in self._words.values():
            model.reset()
        found: dict[str, None] = {}
        for start in range(0, len(audio) - PEER_FRAME, PEER_FRAME):
            for features in self._features.process_streaming(to_pcm16(audio[start : start + PEER_FRAME])):
                for word, model in self._words.items():
                    if any(score > 0.5 for score in model.process_streaming(features)):
                        found[word] = None
        return list(found)


class MicroWakeWordPeer:
    """microWakeWord as pymicro-wakeword has it, at the cut-offs of its own cards."""

    def __init__(self, words: Sequence[str]) -> None:
        import pymicro_wakeword as peer

        self._make = peer.MicroWakeWordFeatures
        self._features = self._make()
        self._words = {
            word: peer.MicroWakeWord.from_builtin(peer.Model(word)) for word in words if word in MICRO_WORDS
        }

    def __call__(self, audio: Samples) -> list[str]:
        self._features = self._make()
        for model in self._words.values():
            model.reset()
        found: dict[str, None] = {}
        for start in range(0, len(audio) - PEER_FRAME, PEER_FRAME):
            for features in self._features.process_streaming(to_pcm16(audio[start : start + PEER_FRAME])):
                for word, model in self._words.items():
                    if model.process_streaming(features):
                        found[word] = None
        return list(found)


def listeners(words: Sequence[str]) -> Iterator[tuple[str, Callable[[], Listener]]]:
    """Each detector's name and how to make it."""
    stt = WhisperStt(STORE.path("whisper-base"))
    stt.prepare_scoring()
    yield "ours", lambda: Ours(words)
    yield "ours, verified", lambda: Ours(words, stt)
    yield "microWakeWord", lambda: MicroWakeWordPeer(words)
    yield "openWakeWord", lambda: OpenWakeWordPeer(words)


@dataclass
class Clip:
    """One recording."""

    file: str
    kind: str
    word: str
    seconds: float


def manifest(folder: Path) -> list[Clip]:
    """The recordings of a folder; the stock word for "jarvis" alone is taken to be "hey jarvis"."""
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    return [Clip(row["file"], row["kind"], row.get("wake_word") or "", float(row["seconds"])) for row in rows]


def group(kind: str) -> str:
    """What false wakes are counted by."""
    return "French speech" if kind.startswith("fr_") else "other wake words" if "wake" in kind else kind


def detect(folder: Path, out: Path | None) -> None:
    """Hits and false wakes of each detector on all recordings."""
    clips = manifest(folder)
    for name, make in listeners(WORDS):
        try:
            listener = make()
        except ImportError as error:
            print(f"{name}: not installed ({error})")
            continue
        hits: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
        false: collections.Counter[str] = collections.Counter()
        hours: dict[str, float] = collections.defaultdict(float)
        predictions = []
        for clip in clips:
            recording = read_audio(folder / clip.file).samples
            found = listener(np.concatenate([silence(0.5), recording, silence(1.0)]))
            spoken = [word.replace("_", " ") for word in found]
            predictions.append({"file": clip.file, "detected": sorted(set(spoken))})
            positive = clip.kind == "wake_positive"
            if positive:
                hits[clip.word][0] += any(clip.word in word for word in spoken)
                hits[clip.word][1] += 1
            else:
                hours[group(clip.kind)] += clip.seconds / 3600
            wrong = {word for word in spoken if not (clip.word and clip.word in word)}
            false["positives of others" if positive else group(clip.kind)] += len(wrong)
        print(f"\n{name}")
        for word, (got, of) in sorted(hits.items()):
            print(f"  hit {word:14} {got}/{of}  {100 * got / of:.1f} %")
        for kind in sorted(false):
            where = f" in {hours[kind]:.2f} h" if kind in hours else ""
            print(f"  false {kind:20} {false[kind]}{where}")
        total = sum(count for kind, count in false.items() if kind in hours)
        rate = total / max(sum(hours.values()), 1e-9)
        print(f"  false wakes an hour of all words together: {rate:.1f}", flush=True)
        line: dict[str, Any] = {
            "detector": name,
            "hits": dict(hits),
            "false": dict(false),
            "hours": dict(hours),
        }
        if isinstance(listener, Ours) and listener.verified:
            each = listener.verifying_s / listener.verified
            print(f"  {listener.verified} wakes verified, {each:.3f} CPU-s each")
            line |= {"verified": listener.verified, "verify_cpu_s": round(each, 4)}
        print(json.dumps(line))
        if out:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{name.replace(', ', '-')}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in predictions), "utf-8")


def cost(folder: Path, trained: Path | None = None, names: Sequence[str] = WORDS) -> None:
    """CPU of each detector a second of audio, in silence and in speech, with one word and with all."""
    read = [clip for clip in manifest(folder) if clip.kind == "fr_prompt"][:20]
    speech = np.concatenate([read_audio(folder / clip.file).samples for clip in read])[: 60 * SAMPLE_RATE]
    quiet = np.random.default_rng(0).normal(0.0, 5e-4, 60 * SAMPLE_RATE).astype(np.float32)
    print(f"{'CPU ms per second of audio':28}{'silence':>10}{'speech':>10}{'RSS MiB':>10}")
    for words in (names[:1], names):
        ours = [("trained here", lambda words=words: Ours(words, None, trained))]
        for name, make in ours if trained else listeners(words):
            before = psutil.Process().memory_info().rss
            try:
                listener = make()
            except ImportError:
                continue
            listener(speech[:SAMPLE_RATE])
            spent: list[float] = []
            for audio in (quiet, speech):
                vad = listener.vad_s if isinstance(listener, Ours) else 0.0
                began = time.process_time()
                listener(audio)
                took = time.process_time() - began
                if isinstance(listener, Ours):
                    took -= listener.vad_s - vad
                spent.append(1000 * took * SAMPLE_RATE / len(audio))
            grown = (psutil.Process().memory_info().rss - before) / 2**20
            print(
                f"{name + f', {len(words)} words':28}{spent[0]:10.1f}{spent[1]:10.1f}{grown:10.0f}",
                flush=True,
            )
            numbers = {"silence_ms": round(spent[0], 2), "speech_ms": round(spent[1], 2)}
            print(json.dumps({"detector": name, "words": len(words), **numbers, "rss_mib": round(grown)}))
    print("Silero's voice activity detection, which the client has anyway, is not in it.")


def ends() -> None:
    """Where the word is taken to end, against where it ends, in one breath with a question."""
    from benchmarks.one_breath import Speaker, breaths

    STORE.path("kokoro-voices-all")
    speaker = Speaker(STORE.path("kokoro-82m-int8"), STORE.path("kokoro-voices"))
    for word in ("hey_jarvis", "alexa"):
        detector, vad = make_wake_words(STORE.find, [WordSetting(word)]), make_vad()
        errors: list[float] = []
        delays: list[float] = []
        said = list(breaths(speaker, word.replace("_", " "), speaker.names()))
        for breath in said:
            detector.reset()
            vad.reset()
            for number, frame in enumerate(frames([breath.samples])):
                if wake := detector.hear(frame, vad.probability(frame)):
                    errors.append((wake.end_sample - breath.end) * 1000 / SAMPLE_RATE)
                    delays.append(((number + 1) * len(frame) - breath.end) * 1000 / SAMPLE_RATE)
                    break
        print(f"{word}: heard {len(errors)} of {len(said)}")
        for what, values in (("end taken too late", errors), ("wake after the word's end", delays)):
            low, mid, high = np.percentile(values, [5, 50, 95])
            print(f"  {what:26} p5 {low:.0f}, p50 {mid:.0f}, p95 {high:.0f} ms")
        print(json.dumps({"word": word, "heard": len(errors), "of": len(said), "error_ms": errors}))


def main(arguments: list[str]) -> int:
    """Run one part."""
    match arguments:
        case ["detect", folder]:
            detect(Path(folder), None)
        case ["detect", folder, out]:
            detect(Path(folder), Path(out))
        case ["cost", folder]:
            cost(Path(folder))
        case ["cost", folder, trained, *names]:
            cost(Path(folder), Path(trained), names)
        case ["ends"]:
            ends()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
