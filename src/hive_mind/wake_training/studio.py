"""Says the lines of a plan, puts them into rooms, computes the embeddings, and keeps them on disk."""

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.wake_word.embedding import WARM_UP
from hive_mind.speech.wake_word.mel import STEP_SAMPLES
from hive_mind.wake_training import voices
from hive_mind.wake_training.plan import Group, Line
from hive_mind.wake_training.scenes import Background, Conditions, Scene, all_of, backgrounds, in_a_room
from hive_mind.wake_training.voices import Spoken

Embed: TypeAlias = Callable[[Samples], NDArray[np.float16]]
"""Gives the embeddings of a recording; see `front_end`."""

RECIPE = 4
"""Changes when the same plan gives other takes."""

CHUNK = 48
"""Lines that are kept together: what an interruption may cost."""

NOISE_S = 5.0

SMALLEST, LARGEST = 0.91, 1.1
"""By how much a voice is sped up from one room to the next: another person for a hundredth of the work."""


@dataclass(frozen=True, slots=True)
class Take:
    """One line in one room.

    Attributes:
        embeddings: one each 80 ms, after the warm-up.
        end: where the word ends, in samples from the beginning of the sound.
        samples: the sound as 16-bit integers, if it is kept.
    """

    embeddings: NDArray[np.float16]
    end: int
    samples: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))


class Crowd(Protocol):
    """Many speakers of phonemes: `KokoroCrowd`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its voices."""
        ...

    def say(
        self,
        word: str,
        mix: Mapping[str, float],
        *,
        speed: float = 1.0,
        pitch: float = 1.0,
        before: str = "",
        after: str = "",
    ) -> Spoken:
        """A word and what is said around it by a mix of voices."""
        ...


def end_of(place: int) -> int:
    """Samples that the embedding at a place of a `Take` has heard."""
    return (place + WARM_UP + 1) * STEP_SAMPLES


@dataclass(frozen=True, slots=True)
class Studio:
    """Where lines are said.

    Attributes:
        crowd: speaks.
        front_end: computes embeddings; called from several threads.
        folder: what was made is kept here.
        seed: of chance.
        piper: another voice, if there is one.
        own: the person's own recordings of the word.
        noises: of the house, if any.
        threads: at work at a time.
    """

    crowd: Crowd
    front_end: Embed
    folder: Path
    seed: int
    piper: TextToSpeech | None = None
    own: Sequence[Samples] = ()
    noises: Sequence[Samples] = ()
    threads: int = 2

    def speech(self, group: Group) -> list[Samples]:
        """The plain sound of a group's lines: what babbles in the background of all others."""
        file = self._plain(group)
        if file.exists():
            with np.load(file) as data:
                return [_floats(data[name]) for name in data.files]
        with ThreadPoolExecutor(self.threads) as pool:
            said = list(pool.map(lambda n: _integers(self._say(group, n).samples), range(len(group.lines))))
        _save(file, {f"{n:04}": samples for n, samples in enumerate(said)})
        return [_floats(samples) for samples in said]  # as an interrupted run finds them

    def takes(
        self, group: Group, speech: Sequence[Samples], progress: Callable[[int], None] = lambda _: None
    ) -> list[Take]:
        """All takes of a group; those of an earlier run are read.

        Args:
            group: lines.
            speech: other people's, for the background.
            progress: told how many lines are done.
        """
        noises = backgrounds(speech, self.noises)
        said = self.speech(group) if self._plain(group).exists() else ()
        found: list[Take] = []
        for start in range(0, len(group.lines), CHUNK):
            numbers = range(start, min(start + CHUNK, len(group.lines)))
            file = self.folder / f"{self.key(group)}-{start // CHUNK:03}.npz"
            if not file.exists():
                with ThreadPoolExecutor(self.threads) as pool:
                    made = pool.map(lambda n: self._take(group, n, noises, speech, said), numbers)
                    _save_takes(file, [take for takes in made for take in takes])
            found += _load_takes(file)
            progress(numbers.stop)
        return found

    def _take(
        self,
        group: Group,
        number: int,
        noises: Sequence[Background],
        speech: Sequence[Samples],
        said: Sequence[Samples],
    ) -> list[Take]:
        random = self._random(group, number, 1)
        spoken = Spoken(said[number], 0, len(said[number])) if said else self._say(group, number)
        found: list[Take] = []
        for turn in range(group.scenes):
            conditions = group.conditions[turn % len(group.conditions)]
            heard = spoken
            if group.split == "train" and turn and len(spoken.samples) > SAMPLE_RATE // 10:
                heard = voices.varied(spoken, float(random.uniform(SMALLEST, LARGEST)))
            scene = self._scene(group, group.lines[number], heard, random, noises, speech, conditions)
            samples = _integers(scene.samples) if group.keep_audio else np.zeros(0, dtype=np.int16)
            found.append(Take(self.front_end(scene.samples), scene.end, samples))
        return found

    def _scene(
        self,
        group: Group,
        line: Line,
        spoken: Spoken,
        random: np.random.Generator,
        noises: Sequence[Background],
        speech: Sequence[Samples],
        conditions: Conditions,
    ) -> Scene:
        if line.engine == "noise":
            noise = noises[int(random.integers(len(noises)))](len(spoken.samples), random)
            loud = 10 ** (random.uniform(-40.0, -3.0) / 20) / max(float(np.abs(noise).max()), 1e-6)
            return Scene(noise * np.float32(loud), len(noise))
        if group.purpose == "negative":
            return all_of(spoken.samples, random, noises, conditions)
        return in_a_room(spoken, random, noises, conditions, speech)

    def _say(self, group: Group, number: int) -> Spoken:
        line, random = group.lines[number], self._random(group, number, 0)
        speed, pitch = float(random.uniform(0.75, 1.3)), float(random.uniform(0.88, 1.14))
        match line.engine:
            case "kokoro":
                names = [name for name in group.voices if name in self.crowd.names]
                # Strangers speak with their own voices: a mix of two could be like one that is known.
                mix = (
                    voices.some_mix(names, random)
                    if group.split == "train"
                    else {names[number % len(names)]: 1.0}
                )
                if group.split != "train":
                    speed, pitch = (0.85, 1.0, 1.15)[number % 3], 1.0
                return self.crowd.say(
                    line.text, mix, speed=speed, pitch=pitch, before=line.before, after=line.after
                )
            case "espeak":
                names = [name for name in group.voices if "_" not in name]
                voice = names[number % len(names)]
                return voices.espeak(line.text, voice, int(170 * speed), pitch)
            case "piper":
                return self._by_piper(line.text, speed)
            case "own":
                return voices.recorded(self.own[int(line.text)])
            case "noise":
                return Spoken(np.zeros(int(NOISE_S * SAMPLE_RATE), dtype=np.float32), 0, 0)

    def _by_piper(self, text: str, speed: float) -> Spoken:
        if self.piper is None:
            raise ValueError("a line for Piper without Piper")
        pieces = list(self.piper.synthesize(text, speed=speed))
        audio = np.concatenate(pieces) if pieces else np.zeros(1, dtype=np.float32)
        return voices.recorded(audio, self.piper.capabilities.rate)

    def _plain(self, group: Group) -> Path:
        return self.folder / f"{self.key(group)}-plain.npz"

    def key(self, group: Group) -> str:
        """Name of a group's takes; other ones would have another."""
        heard = [zlib.crc32(samples.tobytes()) for samples in (*self.own, *self.noises)]
        content = repr((RECIPE, group, self.seed, self.crowd.names, heard))
        return f"{group.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def _random(self, group: Group, number: int, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(group.name.encode()), number, purpose])


def take_of(front_end: Embed, samples: Samples) -> Take:
    """A recording as it is, with its sound; near-silence before it lets the embedding warm up."""
    lead = np.random.default_rng(0).normal(0.0, 5e-4, 2 * SAMPLE_RATE).astype(np.float32)
    whole = np.concatenate((lead, samples, lead[: SAMPLE_RATE // 2]))
    return Take(front_end(whole), len(whole), _integers(whole))


def _integers(samples: Samples) -> NDArray[np.int16]:
    made: NDArray[np.int16] = np.round(np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)
    return made


def _floats(samples: NDArray[np.int16]) -> Samples:
    made: Samples = samples.astype(np.float32) / np.float32(32767.0)
    return made


def _save(file: Path, arrays: dict[str, NDArray[np.int16]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part.npz")
    np.savez(draft, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its own options
    draft.replace(file)


def _save_takes(file: Path, takes: Sequence[Take]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part.npz")
    np.savez(
        draft,
        embeddings=np.concatenate([take.embeddings for take in takes]),
        samples=np.concatenate([take.samples for take in takes]),
        sizes=np.array([(len(take.embeddings), len(take.samples), take.end) for take in takes]),
    )
    draft.replace(file)


def _load_takes(file: Path) -> list[Take]:
    with np.load(file) as data:
        embeddings, samples, sizes = data["embeddings"], data["samples"], data["sizes"]
    found: list[Take] = []
    at = heard = 0
    for length, sounding, end in sizes.tolist():
        found.append(Take(embeddings[at : at + length], end, samples[heard : heard + sounding]))
        at, heard = at + length, heard + sounding
    return found
