from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Clip
from hive_mind.speech.files import BLOCK_SECONDS, read_audio, read_blocks, resample, write_wav


def tone(
    rate: int, seconds: float = 1.0, hertz: float = 440.0
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def pitch(clip: Clip) -> float:
    spectrum = np.abs(np.fft.rfft(clip.samples))
    return float(np.argmax(spectrum)) * clip.rate / len(clip.samples)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_24"), ("WAV", "FLOAT")])
def test_any_rate_and_channels_become_16_khz_mono(
    tmp_path: Path, rate: int, channels: int, kind: str, subtype: str
) -> None:
    path = tmp_path / "clip"
    soundfile.write(
        path, np.repeat(tone(rate)[:, None], channels, axis=1), rate, format=kind, subtype=subtype
    )
    clip = read_audio(path)
    assert clip.rate == SAMPLE_RATE
    assert clip.samples.dtype == np.float32
    assert clip.samples.ndim == 1
    assert clip.seconds == pytest.approx(1.0, abs=0.002)
    assert pitch(clip) == pytest.approx(440.0, abs=2.0)


def test_ogg_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.ogg"
    soundfile.write(path, tone(48000), 48000)
    assert pitch(read_audio(path)) == pytest.approx(440.0, abs=2.0)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    clip = Clip(tone(SAMPLE_RATE), SAMPLE_RATE)
    write_wav(path, clip)
    np.testing.assert_allclose(read_audio(path).samples, clip.samples, atol=1e-4)


def test_blocks_join_without_a_seam(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, tone(44100, BLOCK_SECONDS * 2.5), 44100)
    blocks = list(read_blocks(path))
    assert len(blocks) == 3
    joined = np.concatenate(blocks)
    assert len(joined) == pytest.approx(SAMPLE_RATE * BLOCK_SECONDS * 2.5, abs=2)
    # A seam would be a jump: a 440 Hz tone of amplitude 0.5 moves by at most 0.087 a sample.
    assert np.abs(np.diff(joined[100:-100])).max() < 0.09


def test_not_a_number_is_silence_and_too_loud_is_clipped(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    odd = np.array([np.nan, np.inf, -np.inf, 7.0, 0.25] * 1000, dtype=np.float32)
    soundfile.write(path, odd, SAMPLE_RATE, subtype="FLOAT")
    assert read_audio(path).samples[:5].tolist() == [0.0, 1.0, -1.0, 1.0, 0.25]


def code(path: Path, **limit: float) -> str:
    with pytest.raises(AudioError) as caught:
        read_audio(path, **limit)
    assert caught.value.message.count("\n") == 0
    return caught.value.code


def test_bad_files_have_one_code_each(tmp_path: Path) -> None:
    assert code(tmp_path / "nothing.wav") == "FILE_NOT_FOUND"
    assert code(tmp_path) == "AUDIO_UNREADABLE"
    text = tmp_path / "text.wav"
    text.write_text("Ceci n'est pas un son.\n" * 100, encoding="utf-8")
    assert code(text) == "AUDIO_UNREADABLE"
    nothing = tmp_path / "nothing-in-it.wav"
    nothing.touch()
    assert code(nothing) == "AUDIO_EMPTY"
    header = tmp_path / "header-only.wav"
    soundfile.write(header, np.zeros(0, dtype=np.float32), SAMPLE_RATE)
    assert code(header) == "AUDIO_EMPTY"
    slow = tmp_path / "header-only-48k.wav"
    soundfile.write(slow, np.zeros(0, dtype=np.float32), 48000)
    assert code(slow) == "AUDIO_EMPTY"


def test_a_device_is_not_a_file() -> None:
    if Path("/dev/zero").exists():
        assert code(Path("/dev/zero")) == "AUDIO_UNREADABLE"


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, tone(8000, 12.0), 8000)
    assert code(path, max_seconds=5.0) == "AUDIO_TOO_LONG"


def test_a_truncated_file_gives_what_it_holds_or_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(SAMPLE_RATE), SAMPLE_RATE)
    path.write_bytes(path.read_bytes()[:16000])
    assert 0.3 < read_audio(path).seconds < 0.6


@given(st.binary(max_size=400))
def test_any_bytes_give_audio_or_a_coded_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "bytes"
    path.write_bytes(b"RIFF" + data)
    try:
        read_audio(path)
    except AudioError as error:
        assert error.code in {"AUDIO_UNREADABLE", "AUDIO_EMPTY", "AUDIO_TOO_LONG"}


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        write_wav(tmp_path / "no" / "clip.wav", Clip(tone(SAMPLE_RATE), SAMPLE_RATE))
    assert caught.value.code == "AUDIO_UNWRITABLE"


def test_resampling_keeps_pitch_and_length() -> None:
    clip = Clip(tone(24000), 24000)
    out = resample(clip, SAMPLE_RATE)
    assert out.rate == SAMPLE_RATE
    assert len(out.samples) == SAMPLE_RATE
    assert pitch(out) == pytest.approx(440.0, abs=1.0)
    assert resample(clip, 24000) is clip
