"""From samples to how far the eyes move."""

import numpy as np
import pytest

from hive_mind.client.ui.loudness import loudness
from hive_mind.speech.audio import Samples, silence


def tone(amplitude: float) -> Samples:
    return (amplitude * np.sin(np.arange(480) / 5)).astype(np.float32)


def test_silence_is_nothing_and_a_full_voice_is_all() -> None:
    assert loudness(silence(0.03)) == 0
    assert loudness(np.zeros(0, dtype=np.float32)) == 0
    assert loudness(tone(0.9)) == 1


@pytest.mark.parametrize(("soft", "loud"), [(0.01, 0.03), (0.03, 0.1), (0.1, 0.2)])
def test_louder_looks_louder(soft: float, loud: float) -> None:
    assert 0 < loudness(tone(soft)) < loudness(tone(loud)) < 1
