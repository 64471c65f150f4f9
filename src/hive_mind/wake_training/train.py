"""Trains one wake word, from its spelling to a model, a card and a report."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from hive_mind.errors import ModelError
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import ScoresPhrases, SpeechToText
from hive_mind.speech.wake_word.card import WakeWordCard
from hive_mind.speech.wake_word.verifier import Phrase, phrase_of
from hive_mind.wake_training import calibration, evaluation, spellings
from hive_mind.wake_training.evaluation import Evaluation
from hive_mind.wake_training.events import Fits, Scored, best_of, scored, second_looks, together
from hive_mind.wake_training.examples import examples, hours
from hive_mind.wake_training.export import write_onnx
from hive_mind.wake_training.fit import FitSettings, fit
from hive_mind.wake_training.memory import Memory, load_memory, remembered, save_memory
from hive_mind.wake_training.network import Network
from hive_mind.wake_training.plan import TESTED, Group, Size, plan
from hive_mind.wake_training.progress import Meter, Progress
from hive_mind.wake_training.pronunciations import Pronunciation, readings
from hive_mind.wake_training.report import report
from hive_mind.wake_training.studio import Studio, Take, take_of

KOKORO_S, CHEAP_S, SCENE_S, STEP_S, LOOK_S = 0.28, 0.01, 0.018, 0.04, 0.24
"""About how long a line, a scene, a step and a second look take on one core."""

UNMEASURED = -6.5
"""How well a word must fit whose second stage was not calibrated: below this nearly anything does."""

EVERYDAY_S = 30.0
"""Recordings of everyday life are cut into pieces of this length."""

VERIFIED = 100
"""Takes of the word that the second stage is calibrated on."""

SURE_BY = 1.0
"""How far above its floor a word that is tested must fit to be looked at no more; the picture ends there."""

WRITTEN_DOWN = 16
"""Takes that the recogniser writes down, to learn how it spells the word."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained.

    Attributes:
        phrase: how it is said ("hey alison").
        name: of the word in settings and of its files ("hey_alison").
        pronunciations: ways to say it, at least one.
        spellings: other ways to write it.
        size: how much is made.
        seed: of chance.
        today: for the card.
        everyday: recordings at `SAMPLE_RATE` in which nobody says the word; the thresholds are set on them.
    """

    phrase: str
    name: str
    pronunciations: tuple[Pronunciation, ...]
    spellings: tuple[str, ...]
    size: Size
    seed: int
    today: date
    everyday: Sequence[Samples] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it.

    Attributes:
        memory: the head, with what it needs to learn on.
        card: as it is written.
        evaluation: how good it is.
        counts: takes by group.
    """

    memory: Memory
    card: WakeWordCard
    evaluation: Evaluation
    counts: Mapping[str, int]


def train(
    order: Order,
    studio: Studio,
    stt: SpeechToText | None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """Train a word; blocking, minutes. Voices and rooms that an earlier run made are used again.

    Args:
        order: what.
        studio: where it is said.
        stt: the second stage; None calibrates and tests the first alone.
        tell: told how far it is.
    """
    groups = plan(
        order.phrase,
        order.pronunciations,
        studio.crowd.names,
        order.size,
        order.seed,
        spellings=order.spellings,
        piper=studio.piper is not None,
        own=len(studio.own),
    )
    meter = Meter(_work(groups, order, verified=stt is not None), tell)
    memory, takes = _learnt_and_said(groups, order, studio, meter)
    network = memory.network
    with ThreadPoolExecutor(studio.threads) as pool:
        everyday = list(pool.map(partial(take_of, studio.front_end), _pieces(order.everyday)))
    by_name = {group.name: group for group in groups}
    setting, near = by_name["set-word"], by_name["test-near"].lines
    alone = [
        place * setting.scenes + turn
        for place, line in enumerate(setting.lines)
        for turn in range(setting.scenes)
        if not (line.before or line.after)
    ]
    at_once = studio.threads
    card = calibrated(order, network, takes, everyday, stt, meter, alone, at_once)
    found = tested(network, takes, card, stt, meter, [line.written or line.text for line in near], at_once)
    counts = {name: len(of) for name, of in takes.items()}
    return Trained(memory, card.card, found, counts)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A card, and its thresholds as log odds.

    Attributes:
        card: what is written.
        limits: what it says, in log odds.
    """

    card: WakeWordCard
    limits: calibration.Thresholds


def calibrated(
    order: Order,
    network: Network,
    takes: Mapping[str, Sequence[Take]],
    everyday: Sequence[Take],
    stt: SpeechToText | None,
    meter: Meter,
    said_alone: Sequence[int],
    threads: int = 1,
) -> Calibrated:
    """The card of a trained head, from the voices and recordings that set thresholds.

    Args:
        order: what is trained.
        network: the head.
        takes: by group.
        everyday: recordings without the word.
        stt: the second stage, if there is one.
        meter: told how far it is.
        said_alone: places of the calibrating takes in which the word stands alone: those are written down.
        threads: at work at a time.
    """
    words = scored(network, takes["set-word"])
    verified = words[:VERIFIED]
    others = scored(network, [*takes["set-speech"], *everyday])
    time = hours([each.take for each in others])
    limits = calibration.thresholds(words, others, time)
    given = list(readings(order.phrase, order.spellings))[1:]
    texts = spellings.candidates(order.phrase, given, ())
    by = spellings.Comparison((), UNMEASURED)
    if stt is not None and isinstance(stt, ScoresPhrases):
        alone = [words[place] for place in said_alone if words[place].best >= limits.strict][:WRITTEN_DOWN]
        heard = calibration.transcripts(stt, alone, threads)
        meter.add("thresholds", LOOK_S * WRITTEN_DOWN)
        texts = spellings.candidates(order.phrase, given, heard)
        near = scored(network, takes["set-near"])

        def looks(found: Sequence[Scored]) -> list[list[Fits]]:
            return second_looks(
                stt,
                Phrase(texts, 0.0, trust=spellings.TRUST),
                found,
                limits.loose,
                limits.lag_ms,
                lambda: meter.add("thresholds", LOOK_S),
                threads=threads,
            )

        other_looks = list(chain.from_iterable(looks(others)))
        by = spellings.compared(texts, together(looks(verified)), together(looks(near)), other_looks)
    card = WakeWordCard(
        phrase=order.phrase,
        spellings=spellings.plain_ones(texts)[1:],
        compared=by.texts,
        handicaps=by.handicaps,
        trust=spellings.TRUST if by.texts else 0.0,
        threshold=calibration.probability(limits.strict),
        loose_threshold=calibration.probability(limits.loose),
        lag_ms=limits.lag_ms,
        verify_at=by.floor,
    )
    return Calibrated(card, limits)


def tested(
    network: Network,
    takes: Mapping[str, Sequence[Take]],
    calibrated: Calibrated,
    stt: SpeechToText | None,
    meter: Meter,
    near_texts: Sequence[str] = (),
    threads: int = 1,
) -> Evaluation:
    """How good a head with its card is, on the voices, sentences and noise that are for testing."""
    card, limits = calibrated.card, calibrated.limits
    phrase = phrase_of(card)
    rooms = {
        name: scored(network, takes["test-word"][place :: len(TESTED)]) for place, name in enumerate(TESTED)
    }
    near = scored(network, takes["test-near"])
    others = scored(network, [*takes["test-speech"], *takes["test-noise"]])
    time = hours([each.take for each in others])
    words = list(chain.from_iterable(rooms.values()))
    enough = card.verify_at + SURE_BY

    def looks(found: Sequence[Scored]) -> list[list[Fits]]:
        if stt is None or not isinstance(stt, ScoresPhrases):
            return [[(0.0,)] if each.best >= limits.strict else [] for each in found]
        told = partial(meter.add, "test", LOOK_S)
        return second_looks(
            stt, phrase, found, limits.loose, limits.lag_ms, told, enough=enough, threads=threads
        )

    seen = {name: best_of(together(looks(found)), phrase) for name, found in rooms.items()}
    near_seen = best_of(together(looks(near)), phrase)
    others_seen = best_of(list(chain.from_iterable(looks(others))), phrase)
    return Evaluation(
        missed=evaluation.missed(seen, card.verify_at),
        missed_alone=evaluation.missed_alone(rooms, limits.strict),
        near=evaluation.waking(near_seen, card.verify_at),
        near_alone=evaluation.waking_alone(near, limits.strict),
        false_wakes=evaluation.waking(others_seen, card.verify_at).count,
        false_alone=evaluation.waking_alone(others, limits.strict).count,
        asked=sum(score is not None for score in others_seen),
        hours=round(time, 3),
        curve=evaluation.curve(words, others, time),
        verified_curve=evaluation.verified_curve(
            list(chain.from_iterable(seen.values())), others_seen, time, enough
        ),
        fired=tuple(
            text
            for text, score in zip(near_texts, near_seen, strict=False)
            if score is not None and score >= card.verify_at
        ),
    )


def save(order: Order, trained: Trained, folder: Path) -> Path:
    """Write model, card and report; what was there under this name is replaced.

    Returns:
        The model's file.

    Raises:
        ModelError: ENGINE_MISSING without the package `onnx`; MODEL_DISK_FULL when it cannot be written.
    """
    model = folder / f"{order.name}.onnx"
    try:
        write_onnx(trained.memory.network, model)
        save_memory(trained.memory, model.with_suffix(".npz"))
        card = trained.card.model_dump(mode="json") | {"training": _training(order, trained)}
        model.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
        page = report(order.phrase, trained.card, trained.evaluation, trained.counts, order.today)
        model.with_suffix(".html").write_text(page, "utf-8")
    except OSError as error:
        raise ModelError(
            f"{model} cannot be written ({error.strerror}): check the disk and who owns it.",
            code="MODEL_DISK_FULL",
        ) from error
    return model


def forget(studio_folder: Path) -> None:
    """Delete the voices and rooms that trainings keep."""
    shutil.rmtree(studio_folder, ignore_errors=True)


def _learnt_and_said(
    groups: Sequence[Group], order: Order, studio: Studio, meter: Meter
) -> tuple[Memory, dict[str, list[Take]]]:
    """The head and all takes; it learns while the voices for calibration and test are still speaking."""
    speech = studio.speech(groups[0])
    meter.add("voices", KOKORO_S * 2 * len(groups[0].lines))
    learning = [group for group in groups if group.split == "train"]
    takes = _takes(learning, studio, speech, meter)
    settings, token = FitSettings(steps=order.size.steps), CancelToken()

    def step(_: int) -> None:
        token.raise_if_cancelled()
        meter.add("fit", STEP_S)

    with ThreadPoolExecutor(1) as apart:
        job = apart.submit(_learnt, learning, dict(takes), settings, order.seed, studio, step)
        try:
            takes |= _takes([group for group in groups if group.split != "train"], studio, speech, meter)
            return job.result(), takes
        finally:
            token.cancel()  # who gives up does not wait for the fit


def _learnt(
    groups: Sequence[Group],
    takes: Mapping[str, Sequence[Take]],
    settings: FitSettings,
    seed: int,
    studio: Studio,
    step: Callable[[int], None],
) -> Memory:
    """The head: that of an earlier run with the same takes, or a new one."""
    keys = [studio.key(group) for group in groups]
    digest = hashlib.sha256(repr((keys, settings, seed)).encode()).hexdigest()[:12]
    file = studio.folder / f"head-{digest}.npz"
    if file.exists():
        for done in range(settings.steps):
            step(done + 1)
        return load_memory(file)
    known = examples(groups, takes)
    network = fit(known, settings, seed, step)
    memory = remembered(network, known, seed)
    save_memory(memory, file)
    return memory


def _takes(
    groups: Sequence[Group], studio: Studio, speech: Sequence[Samples], meter: Meter
) -> dict[str, list[Take]]:
    takes: dict[str, list[Take]] = {}
    for group in groups:
        each = _line_work(group)
        done = 0

        def told(lines: int, each: float = each) -> None:
            nonlocal done
            meter.add("voices", (lines - done) * each)
            done = lines

        takes[group.name] = studio.takes(group, speech, told)
    return takes


def _work(groups: Sequence[Group], order: Order, *, verified: bool) -> float:
    lines = sum(len(group.lines) * _line_work(group) for group in groups)
    first = KOKORO_S * 2 * len(groups[0].lines)
    looked = sum(
        len(group.lines) * group.scenes
        for group in groups
        if group.split != "train" and group.purpose != "negative"
    )
    return first + lines + order.size.steps * STEP_S + (LOOK_S * (looked + WRITTEN_DOWN) if verified else 0.0)


def _line_work(group: Group) -> float:
    kokoro = sum(line.engine == "kokoro" for line in group.lines) / max(1, len(group.lines))
    return kokoro * KOKORO_S + (1.0 - kokoro) * CHEAP_S + group.scenes * SCENE_S


def _pieces(recordings: Sequence[Samples]) -> list[Samples]:
    size = int(EVERYDAY_S * SAMPLE_RATE)
    return [one[at : at + size] for one in recordings for at in range(0, len(one), size)]


def _training(order: Order, trained: Trained) -> dict[str, Any]:
    """What the card says of how the word was made."""
    return {
        "date": order.today.isoformat(),
        "seed": order.seed,
        "pronunciations": [f"{each.phonemes} ({each.reading})" for each in order.pronunciations],
        "takes": dict(trained.counts),
        "evaluation": trained.evaluation.as_json(),
    }
