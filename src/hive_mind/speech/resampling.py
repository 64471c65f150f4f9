"""From one rate to another, as the samples come."""

from typing import Protocol

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples


class Convert(Protocol):
    """Converts the pieces of one sound in order; some of a piece comes out with the next one."""

    def __call__(self, samples: Samples, *, last: bool = False) -> Samples:
        """What is ready with this piece; all of it with the `last` one."""
        ...


def converter(source: int, target: int) -> Convert:
    """Makes a converter for one sound.

    Args:
        source: rate of what goes in, in hertz.
        target: of what comes out.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED, the rates differ and soxr is not installed.
    """
    if source == target:
        return _as_it_is
    try:
        import soxr
    except ImportError as error:
        raise SpeechError(
            f"Audio at {source} Hz cannot be resampled: install soxr, or use {target} Hz.",
            code="AUDIO_UNSUPPORTED",
        ) from error
    stream = soxr.ResampleStream(source, target, 1, dtype="float32", quality="MQ")

    def _convert(samples: Samples, *, last: bool = False) -> Samples:
        converted: Samples = stream.resample_chunk(samples, last=last)
        return converted

    return _convert


def _as_it_is(samples: Samples, *, last: bool = False) -> Samples:
    del last
    return samples
