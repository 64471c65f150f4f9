"""Audio files in and out: any format and rate that libsndfile knows, read in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, to_pcm16

BLOCK_SECONDS = 10
MAX_SECONDS = 600.0
"""Longest file that `read_audio` loads at once, in seconds (38 MB of samples)."""


def read_blocks(path: Path, rate: int = SAMPLE_RATE) -> Iterator[Samples]:
    """Read a file of any length, format, rate and channel count piece by piece, as mono at `rate`.

    Memory stays bounded by about ten seconds of the file. Samples that are not numbers become silence.

    Raises:
        AudioError: FILE_NOT_FOUND, AUDIO_UNREADABLE or AUDIO_EMPTY, when the first piece is asked for.
    """
    if not path.exists():
        raise AudioError(f"There is no file {path}: check the name.", code="FILE_NOT_FOUND")
    if not path.is_file():
        raise AudioError(f"{path} is not a regular file: give an audio file (WAV, FLAC, OGG or MP3).")
    try:
        if path.stat().st_size == 0:
            raise _empty(path)
        with soundfile.SoundFile(path) as file:
            yield from _mono(file, path, rate)
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{path} is not readable audio (WAV, FLAC, OGG or MP3): {error.error_string}"
        ) from error
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror or error}.") from error


def read_audio(path: Path, *, max_seconds: float = MAX_SECONDS) -> Clip:
    """Read a whole file as 16 kHz mono.

    Args:
        path: WAV, FLAC, OGG, MP3: what libsndfile knows, at any rate, with any number of channels.
        max_seconds: refuse more; `read_blocks` reads any length.

    Raises:
        AudioError: FILE_NOT_FOUND, AUDIO_UNREADABLE, AUDIO_EMPTY or AUDIO_TOO_LONG.
    """
    blocks: list[Samples] = []
    count = 0
    for block in read_blocks(path):
        blocks.append(block)
        count += len(block)
        if count > max_seconds * SAMPLE_RATE:
            raise AudioError(
                f"{path} is longer than {max_seconds:.0f} s: cut it into shorter files.",
                code="AUDIO_TOO_LONG",
            )
    return Clip(np.concatenate(blocks), SAMPLE_RATE)


def write_wav(path: Path, clip: Clip) -> None:
    """Write 16-bit mono WAV, replacing what was there.

    Raises:
        AudioError: AUDIO_UNWRITABLE when the folder is missing, full or read-only.
    """
    try:
        pcm = np.frombuffer(to_pcm16(clip.samples), dtype="<i2")
        soundfile.write(path, pcm, clip.rate, subtype="PCM_16", format="WAV")
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioError(f"{path} cannot be written: {error}", code="AUDIO_UNWRITABLE") from error


def resample(clip: Clip, rate: int) -> Clip:
    """The same sound at another rate (in hertz); the very same clip when the rate is already right."""
    if clip.rate == rate:
        return clip
    return Clip(_samples(soxr.resample(clip.samples, clip.rate, rate)), rate)


def _mono(file: soundfile.SoundFile, path: Path, rate: int) -> Iterator[Samples]:
    source_rate: int = file.samplerate
    stream = None if source_rate == rate else soxr.ResampleStream(source_rate, rate, 1, dtype="float32")
    size = BLOCK_SECONDS * source_rate
    heard = False
    while True:
        raw = file.read(size, dtype="float32", always_2d=True)
        last = len(raw) < size
        heard = heard or len(raw) > 0
        mono = _samples(raw.mean(axis=1)) if len(raw) else np.zeros(0, dtype=np.float32)
        block = mono if stream is None else _samples(stream.resample_chunk(mono, last=last))
        if len(block):
            yield block
        if last:
            break
    if not heard:
        raise _empty(path)


def _samples(raw: Samples) -> Samples:
    """Finite float32 in [-1, 1]."""
    clean = np.nan_to_num(raw, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(clean, -1.0, 1.0).astype(np.float32, copy=False)


def _empty(path: Path) -> AudioError:
    return AudioError(f"{path} holds no audio: record it again.", code="AUDIO_EMPTY")
