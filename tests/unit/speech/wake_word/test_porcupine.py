from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hive_mind.errors import ConfigError, ModelError
from hive_mind.speech.audio import FRAME_SAMPLES, Samples
from hive_mind.speech.wake_word.porcupine import KEY, PorcupineDetector, make_porcupine
from hive_mind.speech.wake_word.settings import WordSetting
from tests.fakes.wake_words import TinyPorcupine

ENVIRONMENT = {KEY: "secret"}


def loud(level: float) -> Samples:
    return np.full(FRAME_SAMPLES, level, dtype=np.float32)


@pytest.mark.parametrize("length", [160, 512, 700])
def test_frames_of_any_length_reach_it_whole_and_in_order(length: int) -> None:
    engine = TinyPorcupine(length)
    detector = PorcupineDetector(engine, ["hey"])
    ramp = np.linspace(0.0, 0.4, 10 * FRAME_SAMPLES, dtype=np.float32)
    for frame in ramp.reshape(10, -1):
        assert detector.hear(frame, 0.0) is None
    heard = [sample for frame in engine.frames for sample in frame]
    assert len(heard) == len(ramp) // length * length
    assert heard == (ramp[: len(heard)] * 32767).astype(int).tolist()


def test_a_keyword_is_a_wake_where_its_frame_ended() -> None:
    detector = PorcupineDetector(TinyPorcupine(700), ["hey"])
    assert detector.words == ("hey",)
    assert detector.hear(loud(0.9), 1.0) is None
    wake = detector.hear(loud(0.9), 1.0)
    assert wake is not None
    assert (wake.word, wake.end_sample) == ("hey", 700)
    detector.reset()
    assert detector.hear(loud(np.nan), 1.0) is None


def test_another_rate_is_refused() -> None:
    with pytest.raises(ModelError, match="8000"):
        PorcupineDetector(TinyPorcupine(sample_rate=8000), ["hey"])


def test_key_file_and_sensitivity_reach_it(tmp_path: Path) -> None:
    given: dict[str, Any] = {}

    def create(**options: Any) -> TinyPorcupine:
        given.update(options)
        return TinyPorcupine()

    keyword = tmp_path / "salut.ppn"
    with pytest.raises(ModelError, match=r"salut\.ppn") as caught:
        make_porcupine([WordSetting(str(keyword))], ENVIRONMENT, create)
    assert caught.value.code == "MODEL_MISSING"
    keyword.touch()
    detector = make_porcupine([WordSetting(str(keyword), 0.7)], ENVIRONMENT, create)
    assert detector.words == ("salut",)
    assert given == {"access_key": "secret", "keyword_paths": [str(keyword)], "sensitivities": [0.7]}


def test_without_a_key_the_variable_is_named() -> None:
    with pytest.raises(ConfigError, match=KEY) as caught:
        make_porcupine([WordSetting("x.ppn")], {})
    assert caught.value.code == "WAKE_KEY_MISSING"


def test_a_refusal_is_told_without_the_key(tmp_path: Path) -> None:
    def create(**options: Any) -> TinyPorcupine:
        raise RuntimeError(f"{options['access_key']} has expired")

    (tmp_path / "x.ppn").touch()
    with pytest.raises(ModelError, match="expired") as caught:
        make_porcupine([WordSetting(str(tmp_path / "x.ppn"))], ENVIRONMENT, create)
    assert "secret" not in str(caught.value)
