"""Embeddings of a whole recording are those that the detector computes as it comes."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.embedding import WARM_UP, WIDTH, SpeechEmbedding
from hive_mind.speech.wake_word.mel import LEAD_SAMPLES, STEP_SAMPLES, MelSpectrum
from hive_mind.wake_training.front_end import FrontEnd


@pytest.mark.models
def test_a_recording_gives_what_the_stream_gave(models_dir: Path) -> None:
    folder = models_dir / "openwakeword"
    samples = np.random.default_rng(0).normal(0.0, 0.05, 20 * STEP_SAMPLES + 300).astype(np.float32)
    found = FrontEnd(folder)
    whole = found(samples)
    mel, embedding = (
        MelSpectrum(folder / "melspectrogram.tflite"),
        SpeechEmbedding(folder / "embedding_model.tflite"),
    )
    heard = np.concatenate((np.zeros(LEAD_SAMPLES, dtype=np.float32), samples))
    steps = range(0, len(samples) - STEP_SAMPLES + 1, STEP_SAMPLES)
    streamed = [embedding(mel(heard[at : at + LEAD_SAMPLES + STEP_SAMPLES])) for at in steps]
    assert np.allclose(whole.astype(np.float32), np.concatenate(streamed)[WARM_UP:], atol=0.02)
    assert np.array_equal(whole, found(samples))
    assert found(samples[: WARM_UP * STEP_SAMPLES]).shape == (0, WIDTH)
    assert found(samples[: (WARM_UP + 1) * STEP_SAMPLES]).shape == (1, WIDTH)


def test_a_folder_without_the_network_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        FrontEnd(tmp_path)
    assert caught.value.code == "MODEL_MISSING"
