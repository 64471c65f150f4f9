"""Opus packets into samples and back, with PyAV, which every machine with our recogniser has."""

from importlib.util import find_spec

import numpy as np

from hive_mind.errors import ProtocolError, SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.resampling import converter

OPUS_RATE = 48_000
"""Of what comes out, whatever went in."""

_RATES = (8000, 12_000, 16_000, 24_000, OPUS_RATE)
"""What may go in; any other rate is brought to the next one of these."""

_BITS_PER_S = 32_000
_MADE_LIKE = {"application": "voip", "frame_duration": "20", "compression_level": "5"}


def opus_is_read() -> bool:
    """Whether this machine can read and write Opus."""
    return find_spec("av") is not None


class OpusDecoder:
    """Decodes the packets of one voice in order.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED, there is no decoder here.
    """

    def __init__(self) -> None:
        try:
            import av
        except ImportError as error:
            raise _missing("read") from error
        self._packet = av.Packet
        self._fault = av.FFmpegError
        self._codec = av.AudioCodecContext.create("opus", "r")
        self._codec.sample_rate = OPUS_RATE
        self._codec.layout = "mono"
        self._codec.open()

    def __call__(self, packet: bytes) -> Samples:
        """The samples of a packet.

        Raises:
            ProtocolError: INVALID_AUDIO, it is none.
        """
        try:
            frames = self._codec.decode(self._packet(packet))
        except self._fault as error:
            raise ProtocolError("The audio frame is no Opus packet.", code="INVALID_AUDIO") from error
        pieces = [frame.to_ndarray().reshape(-1).astype(np.float32) for frame in frames]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


class OpusEncoder:
    """Encodes one voice, piece by piece, in packets of 20 ms; blocking, about 10 ms for a second of it.

    Args:
        rate: of what goes in, in hertz.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED, there is no encoder here.
    """

    def __init__(self, rate: int) -> None:
        try:
            import av
        except ImportError as error:
            raise _missing("written") from error
        taken = next((known for known in _RATES if known >= rate), OPUS_RATE)
        self._convert = converter(rate, taken)
        self._frame = av.AudioFrame
        self._codec = av.AudioCodecContext.create("libopus", "w")
        self._codec.sample_rate = taken
        self._codec.layout = "mono"
        self._codec.format = "flt"
        self._codec.bit_rate = _BITS_PER_S
        self._codec.options = _MADE_LIKE
        self._codec.open()
        self._size = self._codec.frame_size
        self._left = np.zeros(0, np.float32)
        self._at = 0

    def __call__(self, samples: Samples, *, last: bool = False) -> list[bytes]:
        """The packets that are whole with this piece; with the `last` one, all."""
        fresh = self._convert(np.ascontiguousarray(samples, np.float32), last=last)
        heard = np.concatenate([self._left, fresh])
        if last and len(heard) % self._size:
            heard = np.append(heard, np.zeros(-len(heard) % self._size, np.float32))
        whole = len(heard) // self._size * self._size
        self._left = heard[whole:]
        packets: list[bytes] = []
        for at in range(0, whole, self._size):
            packets += self._encoded(heard[at : at + self._size])
        if last:
            packets += map(bytes, self._codec.encode(None))
        return packets

    def _encoded(self, samples: Samples) -> list[bytes]:
        frame = self._frame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
        frame.sample_rate = self._codec.sample_rate
        frame.pts = self._at
        self._at += len(samples)
        return [bytes(packet) for packet in self._codec.encode(frame)]


def _missing(done: str) -> SpeechError:
    return SpeechError(f"Opus is not {done} here: PyAV is not installed.", code="AUDIO_UNSUPPORTED")
