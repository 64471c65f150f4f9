"""Opus packets into samples, with the decoder of PyAV, which every machine with our recogniser has."""

from importlib.util import find_spec

import numpy as np

from hive_mind.errors import ProtocolError, SpeechError
from hive_mind.speech.audio import Samples

OPUS_RATE = 48_000
"""Of what comes out, whatever went in."""


def opus_is_read() -> bool:
    """Whether this machine can read Opus."""
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
            raise SpeechError(
                "Opus is not read here: PyAV is not installed.", code="AUDIO_UNSUPPORTED"
            ) from error
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
