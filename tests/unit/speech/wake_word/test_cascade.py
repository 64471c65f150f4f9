from collections.abc import Sequence

import numpy as np
import pytest

from hive_mind.speech.audio import FRAME_SAMPLES
from hive_mind.speech.engines import ScoresPhrases, Wake, WakeWordDetector
from hive_mind.speech.wake_word.cascade import LATER_SAMPLES, Candidate, Cascade
from hive_mind.speech.wake_word.lessons import Lesson, Seen
from hive_mind.speech.wake_word.several import SeveralDetectors
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, SUREST, TAIL_SAMPLES, Phrase, WakeVerifier
from tests.fakes.wake_words import ScriptedDetector, ScriptedScorer

PHRASES = {"hey_jarvis": Phrase(("hey jarvis", "et jarvis"), -4.0)}


def listen(cascade: Cascade, frames: int) -> list[tuple[int, Candidate]]:
    found = []
    for number in range(frames):
        frame = np.full(FRAME_SAMPLES, number, dtype=np.float32)
        if candidate := cascade.hear(frame, 1.0):
            found.append((number, candidate))
    return found


def test_a_candidate_brings_the_phrase_and_what_follows_it() -> None:
    end = 100 * FRAME_SAMPLES
    cascade = Cascade(
        ScriptedDetector({101: Wake("hey_jarvis", 0.3, end)}), WakeVerifier(ScriptedScorer({}), PHRASES)
    )
    (number, candidate), (again, second) = listen(cascade, 120)
    assert number == (end + TAIL_SAMPLES - 1) // FRAME_SAMPLES
    assert len(candidate.samples) == LEAD_SAMPLES + TAIL_SAMPLES
    assert candidate.samples[0] == (end - LEAD_SAMPLES) // FRAME_SAMPLES
    assert (again, second.wake.end_sample) == (number + 10, end + LATER_SAMPLES)
    assert len(second.samples) == LEAD_SAMPLES + TAIL_SAMPLES


class RisingDetector(ScriptedDetector):
    """Its score goes on rising for so many samples after the wake."""

    def __init__(self, wakes: dict[int, Wake], later: int, score: float = 0.3) -> None:
        super().__init__(wakes)
        self._later = later
        self._score = score

    def seen(self, word: str) -> Seen | None:
        known = max(0, min(self._later, (self.frames - 101) * FRAME_SAMPLES))
        return Seen(np.zeros((16, 96), dtype=np.float32), self._score, known)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        raise AssertionError(lessons)


def test_a_candidate_that_woke_on_half_a_word_ends_with_all_of_it() -> None:
    end, later = 98 * FRAME_SAMPLES, 6 * FRAME_SAMPLES
    detector = RisingDetector({100: Wake("hey_jarvis", 0.3, end)}, later)
    cascade = Cascade(detector, WakeVerifier(ScriptedScorer({}), PHRASES))
    (soon, early), (number, candidate), _ = listen(cascade, 130)
    assert soon == 100
    assert early.wake.end_sample == end
    assert candidate.wake.end_sample == end + later
    assert candidate.samples[0] == (end + later - LEAD_SAMPLES) // FRAME_SAMPLES
    assert 100 + later // FRAME_SAMPLES < number < 112


def test_what_the_detector_hardly_believes_is_not_looked_at_early() -> None:
    detector = RisingDetector({100: Wake("hey_jarvis", 0.02, 98 * FRAME_SAMPLES)}, 6 * FRAME_SAMPLES, 0.05)
    assert len(listen(Cascade(detector, WakeVerifier(ScriptedScorer({}), PHRASES)), 130)) == 2


def test_a_word_at_the_beginning_has_silence_before_it() -> None:
    wake = Wake("hey_jarvis", 0.3, FRAME_SAMPLES)
    cascade = Cascade(ScriptedDetector({1: wake}), WakeVerifier(ScriptedScorer({}), PHRASES))
    (_, early), (_, whole), _ = listen(cascade, 30)
    assert len(early.samples) == len(whole.samples) == LEAD_SAMPLES + TAIL_SAMPLES
    cascade.reset()
    assert len(listen(cascade, 2)) == 1
    cascade.reset()
    assert len(listen(cascade, 10)) == 2
    cascade.reset()
    assert len(listen(cascade, 30)) == 3


def test_a_wake_that_comes_much_too_late_brings_what_is_left() -> None:
    wake = Wake("hey_jarvis", 0.3, 10)
    cascade = Cascade(ScriptedDetector({200: wake}), WakeVerifier(ScriptedScorer({}), PHRASES))
    ((number, candidate),) = listen(cascade, 201)
    assert number == 200
    assert len(candidate.samples) == 0


@pytest.mark.parametrize(("score", "accepted"), [(-3.9, True), (-4.0, True), (-4.1, False)])
def test_the_best_spelling_decides(score: float, accepted: bool) -> None:
    scorer = ScriptedScorer({"et jarvis": score})
    verdict = WakeVerifier(scorer, PHRASES).verify(Wake("hey_jarvis", 0.3, 0), np.zeros(9, dtype=np.float32))
    assert (verdict.accepted, verdict.score) == (accepted, score)
    assert scorer.asked == [(9, ("hey jarvis", "et jarvis"))]


def test_a_spelling_that_fits_anything_must_fit_better() -> None:
    phrase = Phrase(("jarvis", "j'avis"), -5.0, (0.0, 3.0))
    verifier = WakeVerifier(ScriptedScorer({"jarvis": -8.0, "j'avis": -2.1}), {"jarvis": phrase})
    verdict = verifier.verify(Wake("jarvis", 0.3, 0), np.zeros(9, dtype=np.float32))
    assert (verdict.accepted, verdict.score) == (False, -5.1)
    assert phrase.fit((-4.9, -9.0)) == -4.9


def test_the_surer_the_detector_the_less_well_the_sound_must_fit() -> None:
    verifier = WakeVerifier(
        ScriptedScorer({"jarvis": -5.0}), {"jarvis": Phrase(("jarvis",), -4.3, trust=0.3)}
    )
    sound = np.zeros(9, dtype=np.float32)
    sure, unsure = (verifier.verify(Wake("jarvis", score, 0), sound) for score in (0.95, 0.1))
    assert (sure.accepted, unsure.accepted) == (True, False)
    most = verifier.verify(Wake("jarvis", 1.0, 0), sound)
    assert most.score == pytest.approx(-5.0 + 0.3 * SUREST)


def test_a_word_without_spellings_is_taken_as_it_is() -> None:
    scorer = ScriptedScorer({})
    assert WakeVerifier(scorer, PHRASES).verify(Wake("ppn", 1.0, 0), np.zeros(9, dtype=np.float32)).accepted
    assert not scorer.asked


def test_of_several_detectors_the_surest_wake_counts_and_all_hear_all() -> None:
    one = ScriptedDetector({0: Wake("a", 0.4, 0)}, ["a"])
    other = ScriptedDetector({0: Wake("b", 0.9, 0)}, ["b"])
    both: WakeWordDetector = SeveralDetectors([one, other])
    frame = np.zeros(FRAME_SAMPLES, dtype=np.float32)
    assert both.words == ("a", "b")
    assert both.hear(frame, 0.0) == Wake("b", 0.9, 0)
    assert both.hear(frame, 0.0) is None
    assert (one.frames, other.frames) == (2, 2)
    both.reset()
    assert one.frames == 0


def test_the_fake_is_what_the_verifier_expects() -> None:
    assert isinstance(ScriptedScorer({}), ScoresPhrases)
