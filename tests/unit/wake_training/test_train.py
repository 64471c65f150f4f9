"""From a spelling to a word that a voice wakes: the whole way, very small."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.wake_word.factory import MODEL, make_wake_words
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.wake_training.plan import SIZES
from hive_mind.wake_training.progress import Progress
from hive_mind.wake_training.pronunciations import proposed
from hive_mind.wake_training.studio import FrontEnd, Studio
from hive_mind.wake_training.train import Order, save, train
from hive_mind.wake_training.voices import MEASURED_VOICE, KokoroCrowd


@pytest.mark.models
def test_a_word_is_trained_and_heard(models_dir: Path, tmp_path: Path) -> None:
    crowd = KokoroCrowd(models_dir / "kokoro-82m-int8", models_dir / "kokoro-voices")
    studio = Studio(crowd, FrontEnd(models_dir / MODEL), tmp_path / "takes", 0)
    ways = proposed("dis bidule")[:1]
    order = Order("dis bidule", "dis_bidule", ways, (), SIZES["tiny"], 0, date(2030, 1, 1))
    told: list[Progress] = []
    trained = train(order, studio, None, told.append)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert {step.stage for step in told} == {"voices", "fit"}
    save(order, trained, tmp_path)
    assert json.loads((tmp_path / "dis_bidule.json").read_text("utf-8"))["training"]["seed"] == 0

    detector = make_wake_words(
        {MODEL: models_dir / MODEL}.get, [WordSetting("dis_bidule", 0.7)], trained=tmp_path
    )
    spoken = crowd.say(ways[0].phonemes, {MEASURED_VOICE: 1.0})
    lead = np.random.default_rng(0).normal(0.0, 5e-4, 2 * SAMPLE_RATE).astype(np.float32)
    sound = np.concatenate((lead, 0.3 * spoken.samples, lead))
    frames = sound[: len(sound) // 512 * 512].reshape(-1, 512)
    wakes = [wake for frame in frames if (wake := detector.hear(frame, 1.0))]
    assert [wake.word for wake in wakes] == ["dis_bidule"]
    assert abs(wakes[0].end_sample - len(lead) - spoken.end) < 0.3 * SAMPLE_RATE
