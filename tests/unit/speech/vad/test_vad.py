from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import ModelError
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.engines import VoiceActivityDetector
from hive_mind.speech.vad.energy import EnergyVad
from hive_mind.speech.vad.factory import make_vad
from hive_mind.speech.vad.silero import SileroVad
from tests.unit.speech.espeak import speak


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak("Quelle est la capitale de l'Italie ?")


@pytest.fixture(params=[SileroVad, EnergyVad])
def vad(request: pytest.FixtureRequest) -> VoiceActivityDetector:
    made: VoiceActivityDetector = request.param()
    return made


def probabilities(vad: VoiceActivityDetector, samples: Samples) -> list[float]:
    whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
    return [vad.probability(frame) for frame in samples[:whole].reshape(-1, FRAME_SAMPLES)]


def noise(level: float, seconds: float = 3.0) -> Samples:
    return np.random.default_rng(1).normal(0.0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)


def test_speech_is_told_from_silence(vad: VoiceActivityDetector, speech: Samples) -> None:
    heard = probabilities(vad, speech)
    assert np.mean(heard[20:-35]) > 0.6
    assert max(heard[:12]) < 0.4
    assert max(heard[-20:]) < 0.4


def test_steady_noise_is_not_speech(vad: VoiceActivityDetector) -> None:
    assert np.mean(np.array(probabilities(vad, noise(0.005))[30:]) > 0.5) < 0.05


def test_silero_does_not_take_loud_noise_for_speech() -> None:
    assert max(probabilities(SileroVad(), noise(0.2))) < 0.5


def test_what_is_not_a_number_leaves_no_trace(vad: VoiceActivityDetector, speech: Samples) -> None:
    for _ in range(3):
        assert 0.0 <= vad.probability(np.full(FRAME_SAMPLES, np.nan, dtype=np.float32)) <= 1.0
    assert max(probabilities(vad, speech)) > 0.9


def test_reset_forgets_the_past(vad: VoiceActivityDetector, speech: Samples) -> None:
    first = probabilities(vad, speech)
    vad.reset()
    assert probabilities(vad, speech) == first


def test_a_file_that_is_not_the_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        SileroVad(tmp_path / "none.onnx")
    assert caught.value.code == "MODEL_MISSING"
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError) as caught:
        SileroVad(broken)
    assert caught.value.code == "MODEL_UNAVAILABLE"


def test_the_factory_takes_silero_and_falls_back_on_loudness(tmp_path: Path) -> None:
    assert isinstance(make_vad(), SileroVad)
    assert isinstance(make_vad(tmp_path / "none.onnx"), EnergyVad)
