"""Puts a voice into a room: what a microphone there would have heard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.wake_training import room
from hive_mind.wake_training.voices import Spoken

BEFORE_S = 2.3
"""Sound before the end of a word: what a head sees, and what the embedding needs to warm up."""

AFTER_S = 0.4

Background = Callable[[int, np.random.Generator], Samples]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a microphone heard.

    Attributes:
        samples: mono at `SAMPLE_RATE`.
        end: where the word ends in it.
    """

    samples: Samples
    end: int


@dataclass(frozen=True, slots=True)
class Conditions:
    """What may be around a voice.

    Attributes:
        quietest_db: least distance of the voice from the noise.
        loudest_db: greatest distance.
        echo: how often there is a room's echo.
        quiet: how often there is hardly any noise.
        near: how often the word follows on other speech.
        dull: how often high and low tones are lost.
    """

    quietest_db: float = 0.0
    loudest_db: float = 30.0
    echo: float = 0.5
    quiet: float = 0.3
    near: float = 0.15
    dull: float = 0.15


def backgrounds(speech: Sequence[Samples], recordings: Sequence[Samples] = ()) -> tuple[Background, ...]:
    """Kinds of noise; those of this household's own recordings count as much as all the others.

    Args:
        speech: other people's, for babble.
        recordings: noises of the house.
    """
    made: tuple[Background, ...] = (
        room.noise,
        room.noise,
        room.knocks,
        room.music,
        lambda length, random: room.babble(length, speech, random),
        lambda length, random: room.babble(length, speech, random),
    )
    if not recordings:
        return made
    own: Background = lambda length, random: room.run_of(length, recordings, random)  # noqa: E731
    return made + (own,) * len(made)


def in_a_room(
    spoken: Spoken,
    random: np.random.Generator,
    noises: Sequence[Background],
    conditions: Conditions,
    speech: Sequence[Samples] = (),
) -> Scene:
    """A word somewhere in a room, with what was before it and a little of what comes after."""
    before = int(BEFORE_S * SAMPLE_RATE) + int(random.integers(0, 1280))
    length = before + int(AFTER_S * SAMPLE_RATE)
    voice = np.zeros(length, dtype=np.float32)
    said = spoken.samples[max(0, spoken.end - before) :]
    start = before - min(spoken.end, before)
    voice[start : start + len(said)] = said[: length - start]
    if speech and random.random() < conditions.near:
        gap = start + spoken.begin - int(random.uniform(0.05, 0.5) * SAMPLE_RATE)
        if gap > SAMPLE_RATE // 4 and start > gap - SAMPLE_RATE:
            voice[:gap] += room.run_of(gap, speech, random) * random.uniform(0.3, 1.0)
    return Scene(_heard(voice, random, noises, conditions), before)


def all_of(
    samples: Samples, random: np.random.Generator, noises: Sequence[Background], conditions: Conditions
) -> Scene:
    """A recording from end to end in a room; no word is in it."""
    lead = np.zeros(int(random.integers(1000, 9000)), dtype=np.float32)
    voice = np.concatenate((lead, samples, np.zeros(SAMPLE_RATE // 4, dtype=np.float32)))
    return Scene(_heard(voice, random, noises, conditions), len(voice))


def _heard(
    voice: Samples, random: np.random.Generator, noises: Sequence[Background], conditions: Conditions
) -> Samples:
    if random.random() < conditions.echo:
        voice = room.convolved(voice, room.impulse_response(random))
    if random.random() < 0.6:
        voice = room.coloured(voice, random)
    if random.random() < conditions.dull:
        voice = room.dulled(voice, random)
    level = max(room.loudness(voice), 1e-4)
    far = conditions.quietest_db + (conditions.loudest_db - conditions.quietest_db) * random.random()
    if random.random() < conditions.quiet:
        background, far = room.noise(len(voice), random), random.uniform(35.0, 60.0)
    else:
        background = noises[int(random.integers(len(noises)))](len(voice), random)
    heard = voice + background * (level / max(room.loudness(background), 1e-6) * 10 ** (-far / 20))
    peak = 10 ** (random.uniform(-32.0, -1.0) / 20)
    heard *= peak / max(float(np.abs(heard).max()), 1e-6)
    if random.random() < 0.08:
        heard = np.clip(heard * random.uniform(1.0, 4.0), -peak, peak)
    made: Samples = (np.round(heard * 32767.0) / 32767.0).astype(np.float32)
    return made
