"""Thresholds, spellings, figures and the report, from scores that are given."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.wake_word.card import WakeWordCard
from hive_mind.speech.wake_word.cascade import LATER_SAMPLES
from hive_mind.speech.wake_word.verifier import Phrase
from hive_mind.wake_training import calibration, evaluation
from hive_mind.wake_training.evaluation import Evaluation, Rate
from hive_mind.wake_training.events import Scored, looked_at, peaks, second_looks, together
from hive_mind.wake_training.network import LENGTH
from hive_mind.wake_training.report import report, verdict
from hive_mind.wake_training.studio import Take, end_of
from tests.fakes.wake_words import ScriptedScorer


def take(odds: list[float], end: int = 0) -> Scored:
    embeddings = np.zeros((LENGTH - 1 + len(odds), 96), dtype=np.float16)
    sound = np.arange(4 * SAMPLE_RATE, dtype=np.int32).astype(np.int16)
    return Scored(Take(embeddings, end, sound), np.array(odds, dtype=np.float32))


def test_thresholds_lie_between_the_word_and_the_rest() -> None:
    end = end_of(LENGTH - 1) - 800
    words = [take([-5.0, 4.0 + 0.01 * n], end) for n in range(100)]
    others = [take([-6.0 + 0.04 * n]) for n in range(100)]
    found = calibration.thresholds(words, others, hours=0.5)
    assert -6.0 < found.loose <= found.strict
    assert sum(each.best >= found.loose for each in others) <= 61
    assert all(each.best >= found.strict - 0.05 for each in words)
    assert found.lag_ms == pytest.approx(80 + 50, abs=1)


def test_the_strict_threshold_does_not_throw_the_word_away() -> None:
    words = [take([0.01 * n]) for n in range(100)]
    others = [take([5.0]) for _ in range(20)]
    found = calibration.thresholds(words, others, hours=1.0)
    assert sum(each.best < found.strict for each in words) <= 12


def test_the_second_stage_sees_the_word_and_a_little_after_it() -> None:
    found = take([-1.0, 3.0, -1.0])
    assert found.woken(4.0) == []
    early, (first, odds), (second, _) = looked_at(found, found.woken(2.0)[0], 100)
    assert 1.2 < len(first) / SAMPLE_RATE < 1.5
    assert early[1] == odds == 3.0
    assert early[0][0] <= first[0]
    assert second[0] - first[0] == pytest.approx(LATER_SAMPLES / 32767.0)


def test_while_the_score_rises_the_second_stage_is_asked_already() -> None:
    looks = looked_at(take([-1.0, 0.0, 1.2, 2.4, 3.6, 0.0]), 1, 0)
    assert [round(odds, 1) for _, odds in looks] == [0.0, 3.6, 3.6]
    starts = [sound[0] for sound, _ in looks]
    assert starts == sorted(starts)
    unsure = looked_at(take([-9.0, -4.0, -2.9, -1.5, 0.0]), 1, 0)
    assert [round(odds, 1) for _, odds in unsure] == [-1.5, 0.0, 0.0]
    assert len(looked_at(take([-9.0, -4.0, -2.9]), 1, 0)) == 2


def test_every_wake_of_a_take_counts_once_it_has_calmed_down() -> None:
    odds = [-9.0, 2.0, 2.5, 1.0, *[-9.0] * 4, 3.0, -9.0, 2.0, -9.0, 2.0, *[0.5] * 9, 2.0]
    assert take(odds).woken(1.0) == [1, 10, 22]
    assert take(odds).woken(2.6) == [8]
    assert peaks([take(odds), take([-3.0])], 0.8) == [3.0, 2.0, 2.0, -3.0]
    looks = [[(-5.0, -2.0), (-3.0, -4.0)], [], [(-1.0, -1.0)]]
    assert together(looks) == [(-3.0, -2.0), None, (-1.0, -1.0)]


def test_what_fits_well_enough_is_looked_at_no_more() -> None:
    found = [take([-1.0, 3.0, -1.0]), take([-9.0])] * 3
    phrase = Phrase(("a", "b"), -3.0)
    whole, short = (ScriptedScorer({"a": -4.0, "b": -5.0}) for _ in range(2))
    seen = second_looks(whole, phrase, found, 2.0, 0, threads=2)
    assert len(whole.asked) == 9
    assert [look is None for look in together(seen)] == [False, True] * 3
    assert second_looks(short, phrase, found, 2.0, 0, enough=-5.0)[0]
    assert len(short.asked) == 3


def figures(missed: int, near: int) -> Evaluation:
    words, others = [take([float(n)]) for n in range(-3, 7)], [take([float(n) / 2]) for n in range(-10, 2)]
    rate = {room: Rate(missed, 50) for room in ("clean", "noise", "far")}
    curve = evaluation.curve(words, others, 0.5)
    fired = ("et l'horizon",) * near
    return Evaluation(rate, rate, Rate(near, 50), Rate(near, 50), 0, 1, 5, 0.5, curve, curve, fired)


def test_a_stricter_threshold_misses_more_and_wakes_less() -> None:
    curve = figures(1, 1).curve
    assert all(a.false_an_hour >= b.false_an_hour and a.missed <= b.missed for a, b in pairwise(curve))


def test_the_curve_of_both_stages_ends_where_its_scores_do() -> None:
    curve = evaluation.verified_curve([-2.0, None], [-4.0], 1.0, -3.5)
    assert curve[-1].missed == 50.0
    assert len(curve) < len(evaluation.verified_curve([-2.0, None], [-4.0], 1.0, 0.0))


def test_the_report_is_french_whole_and_safe() -> None:
    card = WakeWordCard(phrase="hey <alison>", spellings=("hé alisson",))
    page = report("hey <alison>", card, figures(2, 1), {"word": 100}, date(2030, 5, 4))
    assert "hey &lt;alison&gt;" in page
    assert "<alison>" not in page
    for part in (
        "<svg",
        "Réveils manqués",
        "de loin",
        "2030-05-04",
        "hé alisson",
        "4,0 %",
        "et l&#x27;horizon",
    ):
        assert part in page


def test_the_verdict_is_honest() -> None:
    assert [verdict(figures(*each)) for each in ((2, 1), (8, 1), (2, 4), (15, 0), (2, 20))] == [
        "good", "fair", "fair", "poor", "poor",
    ]  # fmt: skip
