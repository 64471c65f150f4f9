"""The real networks on a synthetic voice."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.engines import Wake, WakeWordDetector
from hive_mind.speech.files import resample
from hive_mind.speech.segments import frames
from hive_mind.speech.tts.espeak import EspeakVoice
from hive_mind.speech.wake_word.embedding import MELS, STEP_FRAMES, WARM_UP, SpeechEmbedding
from hive_mind.speech.wake_word.factory import MODEL, make_wake_words
from hive_mind.speech.wake_word.gate import HOLD_FRAMES
from hive_mind.speech.wake_word.mel import LEAD_SAMPLES, STEP_SAMPLES, MelSpectrum
from hive_mind.speech.wake_word.settings import WordSetting
from tests.unit.speech.espeak import speak

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def folder(models_dir: Path) -> Path:
    return models_dir / MODEL


@pytest.fixture
def detector(models_dir: Path) -> WakeWordDetector:
    words = [WordSetting("hey_jarvis"), WordSetting("okay_nabu")]
    return make_wake_words({MODEL: models_dir / MODEL}.get, words)


def noise(samples: int) -> Samples:
    return np.random.default_rng(1).normal(0.0, 0.05, samples).astype(np.float32)


def listen(
    detector: WakeWordDetector, audio: Samples, speech: Sequence[float] | float = 1.0
) -> Iterator[Wake]:
    for number, frame in enumerate(frames([audio])):
        probability = speech if isinstance(speech, float) else speech[number]
        if wake := detector.hear(frame, probability):
            yield wake


def test_what_comes_in_pieces_is_what_comes_at_once(folder: Path) -> None:
    mel = MelSpectrum(folder / "melspectrogram.tflite")
    one, other = (SpeechEmbedding(folder / "embedding_model.tflite") for _ in range(2))
    audio = noise(LEAD_SAMPLES + 20 * STEP_SAMPLES)
    whole = one(mel(audio))
    pieces = []
    for step in range(20):
        start = step * STEP_SAMPLES
        pieces.append(other(mel(audio[start : start + LEAD_SAMPLES + STEP_SAMPLES])))
    assert whole.shape == (20, 96)
    assert np.abs(whole - np.concatenate(pieces)).max() < 1e-3


def test_an_embedding_depends_on_its_window_alone(folder: Path) -> None:
    embedding = SpeechEmbedding(folder / "embedding_model.tflite")
    mels = np.random.default_rng(0).normal(2.0, 2.0, (20 * STEP_FRAMES, MELS)).astype(np.float32)
    whole = embedding(mels)
    embedding.reset()
    late = embedding(mels[5 * STEP_FRAMES :])
    assert np.abs(whole[5 + WARM_UP :] - late[WARM_UP:]).max() < 1e-3
    assert np.abs(whole[5] - late[0]).max() > 0.1


def test_another_network_is_refused(folder: Path) -> None:
    for make in (SpeechEmbedding, MelSpectrum):
        with pytest.raises(Exception, match="not openWakeWord"):
            make(folder / "hey_rhasspy.tflite")


def test_it_hears_its_word_once_and_where_it_ended(detector: WakeWordDetector, word: Samples) -> None:
    question = speak("quelle heure est-il ?")
    audio = np.concatenate([silence(1.0), word, question, silence(1.0)])
    (wake,) = listen(detector, audio)
    assert wake.word == "hey_jarvis"
    assert wake.end_sample == pytest.approx(SAMPLE_RATE + len(word), abs=0.2 * SAMPLE_RATE)


def test_the_gate_changes_nothing_but_the_work(detector: WakeWordDetector, word: Samples) -> None:
    audio = np.concatenate([noise(3 * SAMPLE_RATE) * 0.02, word, noise(2 * SAMPLE_RATE) * 0.02])
    (always,) = listen(detector, audio)
    detector.reset()
    begin = (3 * SAMPLE_RATE + 2000) // FRAME_SAMPLES
    end = (3 * SAMPLE_RATE + len(word)) // FRAME_SAMPLES
    late = [float(begin <= number < end) for number in range(len(audio) // FRAME_SAMPLES + 1)]
    (gated,) = listen(detector, audio, late)
    assert gated.end_sample == always.end_sample
    assert gated.score == pytest.approx(always.score, abs=1e-3)


def test_silence_wakes_nothing_and_a_word_after_it_does(detector: WakeWordDetector, word: Samples) -> None:
    assert not list(listen(detector, silence(5.0), 0.0))
    assert [wake.word for wake in listen(detector, np.concatenate([word, silence(1.0)]))] == ["hey_jarvis"]
    detector.reset()
    assert not list(listen(detector, silence(2.0)))


def test_nonsense_in_the_samples_does_no_lasting_harm(detector: WakeWordDetector, word: Samples) -> None:
    assert not list(listen(detector, np.full(SAMPLE_RATE, np.nan, dtype=np.float32)))
    assert not list(listen(detector, np.full(SAMPLE_RATE, np.inf, dtype=np.float32)))
    audio = np.concatenate([silence(2.5), word, silence(1.0)])
    assert [wake.word for wake in listen(detector, audio)] == ["hey_jarvis"]


def test_the_hold_outlasts_the_rise_of_a_score() -> None:
    assert HOLD_FRAMES * FRAME_SAMPLES >= 0.5 * SAMPLE_RATE


@pytest.fixture(scope="module")
def word() -> Samples:
    voice = EspeakVoice("en-us", words_per_minute=160)
    clip = Clip(np.concatenate(list(voice.synthesize("hey jarvis"))), voice.capabilities.rate)
    return resample(clip, SAMPLE_RATE).samples
