"""A microphone's first seconds tell what it is."""

import numpy as np
import pytest

from hive_mind.client.core.levels import ADVICE, check_level
from hive_mind.language.messages import message
from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from tests.fakes.scripted_microphone import noise, voice


def hum(hz: float) -> Samples:
    t = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    partials = [(0.02 / n) * np.sin(2 * np.pi * hz * n * t) for n in range(1, 8)]
    return np.asarray(np.sum(partials, axis=0), np.float32)


@pytest.mark.parametrize(
    ("verdict", "samples"),
    [
        ("no_sound", silence(0)),
        ("muted", silence(3)),
        ("muted", np.full(3 * SAMPLE_RATE, 0.25, np.float32)),
        ("muted", noise(3, 1e-5)),
        ("hum", hum(50) + noise(3, 1e-4)),
        ("hum", hum(60.02) + noise(3, 1e-4)),
        ("clipping", np.clip(8 * voice(3), -1, 1)),
        ("good", noise(3, 2e-4)),
        ("good", np.concatenate([noise(1, 1e-3), voice(1), noise(1, 1e-3)])),
        ("good", hum(50) * 0.1 + noise(3, 5e-3)),
    ],
)
def test_a_level_is_judged(verdict: str, samples: Samples) -> None:
    assert check_level(samples).verdict == verdict


def test_a_monitor_is_told_by_its_name() -> None:
    assert check_level(voice(3), "Monitor of Built-in Audio").verdict == "monitor"


def test_a_quiet_room_is_no_fault_until_somebody_was_asked_to_speak() -> None:
    assert check_level(noise(3, 1e-3)).verdict == "good"
    assert check_level(noise(3, 1e-3), spoken=True).verdict == "too_quiet"
    spoken = np.concatenate([noise(1, 1e-3), 0.3 * voice(1), noise(1, 1e-3)])
    report = check_level(spoken, spoken=True)
    assert report.verdict == "good"
    assert report.floor_dbfs == pytest.approx(-60, abs=1)
    assert report.level_dbfs == pytest.approx(-23.5, abs=1)


@pytest.mark.parametrize("verdict", sorted(ADVICE))
def test_every_verdict_has_a_french_sentence(verdict: str) -> None:
    assert message(f"microphone_{verdict}")
