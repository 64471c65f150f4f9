"""What is said, by whom and how often, to train one word: the same for the same word, settings and seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from hive_mind.speech.tts.phonemes import phonemize
from hive_mind.wake_training import neighbours
from hive_mind.wake_training.pronunciations import Pronunciation, readings
from hive_mind.wake_training.scenes import Conditions
from hive_mind.wake_training.texts import texts
from hive_mind.wake_training.voices import ESPEAK_VOICES, FOREIGN_VOICES, HELD_OUT

CALIBRATING = ("af_nova", "am_liam", "bm_fable", "ef_dora", "im_nicola", "zm_yunyang")
"""Voices that set the thresholds, and are not trained on."""

Engine: TypeAlias = Literal["kokoro", "espeak", "piper", "own", "noise"]
Purpose: TypeAlias = Literal["positive", "near", "negative"]
Split: TypeAlias = Literal["train", "calibrate", "test"]


@dataclass(frozen=True, slots=True)
class Line:
    """Something to be said once.

    Attributes:
        engine: which synthesiser; "own" plays a recording, "noise" is nobody speaking.
        text: what is said; phonemes for Kokoro, the number of the recording for "own".
        before: phonemes before the word, in the same breath.
        after: phonemes after it.
        written: the text itself, where it is known, for reports.
    """

    engine: Engine
    text: str
    before: str = ""
    after: str = ""
    written: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one purpose.

    Attributes:
        name: unique in the plan.
        purpose: what its windows teach.
        split: what they are used for.
        lines: what is said.
        voices: who says it; for Kokoro and espeak-ng.
        scenes: rooms in which each line is heard.
        conditions: of the rooms, in turn.
        keep_audio: whether the sound itself is needed later, for the second stage.
    """

    name: str
    purpose: Purpose
    split: Split
    lines: tuple[Line, ...]
    voices: tuple[str, ...]
    scenes: int
    conditions: tuple[Conditions, ...] = (Conditions(),)
    keep_audio: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made; `quality` on the command line.

    Attributes:
        positives: by Kokoro's voices.
        near: near misses by Kokoro's voices.
        sentences: other French sentences by Kokoro's voices.
        cheap: lines by espeak-ng, of each purpose.
        scenes: rooms for each positive; others have fewer.
        tests: lines of each held-out group.
        steps: of the optimiser.
    """

    positives: int = 260
    near: int = 300
    sentences: int = 40
    cheap: int = 100
    scenes: int = 5
    tests: int = 50
    steps: int = 1200


SIZES = {
    "tiny": Size(24, 12, 6, 24, 2, 8, 120),
    "quick": Size(140, 90, 32, 80, 5, 30, 900),
    "normal": Size(),
    "high": Size(1000, 600, 160, 300, 6, 100, 4000),
}

TESTED = {
    "clean": Conditions(quiet=1.0, echo=0.0, near=0.0, dull=0.0),
    "noise": Conditions(quietest_db=10.0, loudest_db=10.0, echo=0.0, quiet=0.0, near=0.0, dull=0.0),
    "far": Conditions(quietest_db=10.0, loudest_db=25.0, echo=1.0, quiet=0.5, near=0.0, dull=0.0),
}
"""Rooms in which the word is tested: next to the microphone, with noise 10 dB below it, from afar."""


def plan(
    phrase: str,
    pronunciations: Sequence[Pronunciation],
    voices: Sequence[str],
    size: Size,
    seed: int,
    *,
    spellings: Sequence[str] = (),
    piper: bool = False,
    own: int = 0,
) -> tuple[Group, ...]:
    """All groups for one word.

    Args:
        phrase: as it is written.
        pronunciations: ways to say it, at least one.
        voices: of Kokoro.
        size: how much of everything.
        seed: of chance.
        spellings: other ways to write it.
        piper: whether a Piper voice is there.
        own: recordings of the person's own voice.
    """
    random = np.random.default_rng([seed, 1])
    train = tuple(v for v in voices if v not in HELD_OUT and v not in CALIBRATING) or tuple(voices)
    pools: dict[Split, tuple[str, ...]] = {
        "train": train,
        "calibrate": tuple(v for v in voices if v in CALIBRATING) or train,
        "test": tuple(v for v in voices if v in HELD_OUT) or train,
    }
    said = [each.phonemes for each in pronunciations]
    written = readings(phrase, spellings)
    near = neighbours.alike_texts(phrase, written)
    # What sets the floor is not trained on either: a head knows what it has learnt from too well.
    asked, unheard = near[3::8], near[1::4]
    others = frozenset((*asked, *unheard))
    heard = _mixed([text for text in near if text not in others], neighbours.parts_of(phrase))
    rough = [text for each in pronunciations for text in neighbours.changed(each, 40, random)]

    def words(count: int) -> list[Line]:
        return [_in_breath(said[n % len(said)], random) for n in range(count)]

    def misses(count: int, known: Sequence[str]) -> list[Line]:
        return [Line("kokoro", phonemize(text), written=text) for text in _some(known, count, random)]

    def chatter(count: int, part: int) -> tuple[Line, ...]:
        # Chance of its own: these lines are the same for most words, and are made once for all of them.
        lines = _chatter(count, np.random.default_rng([seed, part]))
        return tuple(Line("espeak", text) for text in lines if not neighbours.holds(text, [phrase, *written]))

    def sentences(known: Sequence[str], count: int) -> tuple[Line, ...]:
        clean = [text for text in known if not neighbours.holds(text, [phrase, *written])]
        return tuple(Line("kokoro", phonemize(clean[n % len(clean)])) for n in range(count))

    speech = texts("speech")
    shares = (size.near * 3 // 5, size.near * 2 // 5)
    espeaks = ESPEAK_VOICES[:-3]
    groups = [
        Group("speech", "negative", "train", sentences(speech["sentences"], size.sentences), train, 3),
        Group("word", "positive", "train", tuple(words(size.positives)), train, size.scenes),
        Group(
            "word-espeak",
            "positive",
            "train",
            tuple(Line("espeak", text) for text in _some(written, size.cheap, random)),
            espeaks,
            2,
        ),
        Group(
            "near",
            "near",
            "train",
            (
                *misses(shares[0], heard),
                *(Line("kokoro", phonemes) for phonemes in _some(rough, shares[1], random)),
            ),
            train,
            2,
        ),
        Group(
            "near-espeak",
            "near",
            "train",
            tuple(Line("espeak", text) for text in _some(heard, 2 * size.cheap, random)),
            espeaks,
            2,
        ),
        Group(
            "speech-espeak",
            "negative",
            "train",
            chatter(4 * size.cheap, 2),
            (*espeaks, *FOREIGN_VOICES[:-2]),
            2,
        ),
        Group("noise", "negative", "train", (Line("noise", ""),) * size.cheap, (), 1),
        Group(
            "set-word",
            "positive",
            "calibrate",
            tuple(words(size.tests)),
            pools["calibrate"],
            3,
            keep_audio=True,
        ),
        Group(
            "set-near",
            "near",
            "calibrate",
            tuple(misses(2 * size.tests, _mixed(asked, neighbours.parts_of(phrase, names_from=2)))),
            pools["calibrate"],
            1,
            keep_audio=True,
        ),
        Group(
            "set-speech",
            "negative",
            "calibrate",
            chatter(3 * size.cheap, 3),
            (*ESPEAK_VOICES[-3:-1], *FOREIGN_VOICES[-2:]),
            1,
            keep_audio=True,
        ),
        Group(
            "test-near",
            "near",
            "test",
            tuple(misses(2 * size.tests, _mixed(unheard, neighbours.parts_of(phrase, names_from=4)))),
            pools["test"],
            1,
            keep_audio=True,
        ),
        Group(
            "test-speech",
            "negative",
            "test",
            (
                *sentences(speech["heard"], min(size.sentences, len(speech["heard"]))),
                *chatter(3 * size.cheap, 4),
            ),
            (*pools["test"], ESPEAK_VOICES[-1]),
            1,
            keep_audio=True,
        ),
        Group(
            "test-word",
            "positive",
            "test",
            tuple(words(size.tests)),
            pools["test"],
            len(TESTED),
            tuple(TESTED.values()),
            keep_audio=True,
        ),
        Group("test-noise", "negative", "test", (Line("noise", ""),) * size.cheap, (), 1, keep_audio=True),
    ]
    if piper:
        lines = tuple(Line("piper", text) for text in _some(written, size.cheap // 3, random))
        groups.append(Group("word-piper", "positive", "train", lines, (), 3))
    if own:
        lines = tuple(Line("own", str(number)) for number in range(own))
        groups.append(Group("word-own", "positive", "train", lines, (), 40))
    return tuple(groups)


def _in_breath(phonemes: str, random: np.random.Generator) -> Line:
    """Alone, or with a question behind it, or with something before it."""
    speech = texts("speech")
    chance = random.random()
    if chance < 0.5:
        return Line("kokoro", phonemes)
    ending = phonemize(speech["endings"][int(random.integers(len(speech["endings"])))])
    if chance < 0.85:
        return Line("kokoro", phonemes, after=ending)
    beginning = speech["beginnings"][int(random.integers(len(speech["beginnings"])))]
    return Line("kokoro", phonemes, phonemize(beginning), ending if chance < 0.92 else "")


def _chatter(count: int, random: np.random.Generator) -> Iterator[str]:
    """Sentences and runs of words as they come."""
    speech, words = texts("speech")["sentences"], texts("words")
    known = [*words["words"], *words["words"], *words["names"]]
    for number in range(count):
        if number % 3 == 0:
            yield speech[int(random.integers(len(speech)))]
        else:
            yield " ".join(
                known[int(n)] for n in random.integers(len(known), size=int(random.integers(4, 12)))
            )


def _mixed(near: Sequence[str], parts: Sequence[str]) -> list[str]:
    """What sounds alike, the nearest first, and after each two of them a part of the phrase."""
    found: list[str] = []
    for place, text in enumerate(near):
        found.append(text)
        if place % 2 and place // 2 < len(parts):
            found.append(parts[place // 2])
    return found + list(parts[len(near) // 2 :])


def _some(known: Sequence[str], count: int, random: np.random.Generator) -> list[str]:
    """All of them as often as it goes, the first ones once more."""
    if not known:
        return []
    rest = (
        list(known)[: count % len(known)]
        if count < len(known)
        else _shuffled(known, random)[: count % len(known)]
    )
    return list(known) * (count // len(known)) + rest


def _shuffled(known: Sequence[str], random: np.random.Generator) -> list[str]:
    return [known[int(place)] for place in random.permutation(len(known))]
