import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from hive_mind.speech.stt.mel import LogMel


def tone(hertz: float, seconds: float = 1.0) -> Samples:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(
        np.float32
    )


def test_shape_is_what_was_asked_for() -> None:
    for bands in (80, 128):
        features = LogMel(bands)(tone(440.0), 1000)
        assert features.shape == (bands, 1000)
        assert features.dtype == np.float32
    assert LogMel()(tone(440.0, 12.0), 1000).shape == (80, 1000)
    assert np.isfinite(LogMel()(silence(0.0), 1000)).all()


def test_what_the_audio_does_not_fill_is_as_quiet_as_can_be() -> None:
    features = LogMel()(tone(440.0), 1000)
    assert (features[:, 110:] == features.min()).all()
    assert features.max() - features.min() == np.float32(2.0)


def test_a_higher_tone_is_in_a_higher_band() -> None:
    bands = [int(LogMel()(tone(hertz), 100)[:, 50].argmax()) for hertz in (150, 400, 1000, 2500, 6000)]
    assert bands == sorted(set(bands))


def test_agrees_with_the_reference_that_the_models_are_run_with() -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    sound = tone(440.0) * np.linspace(0.0, 1.0, SAMPLE_RATE, dtype=np.float32)
    ours, theirs = LogMel()(sound, 100), FeatureExtractor(80)(sound)
    # The first and last frames differ: silence outside the audio here, its mirror image there.
    np.testing.assert_allclose(ours[:, 2:98], theirs[:, 2:98], atol=1e-4)
