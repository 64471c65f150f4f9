"""The length of Opus packets, and that a decoder agrees."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.protocol.opus_packets import packet_seconds

RATE = 48_000


@pytest.mark.parametrize(
    ("packet", "seconds"),
    [
        (b"", 0.0),
        (bytes([0 << 3]), 0.010),
        (bytes([3 << 3]), 0.060),
        (bytes([13 << 3 | 1]), 0.040),
        (bytes([16 << 3]), 0.0025),
        (bytes([31 << 3 | 2]), 0.040),
        (bytes([1 << 3 | 3, 6]), 0.120),
        (bytes([1 << 3 | 3]), 0.020),
    ],
)
def test_the_table_of_the_rfc(packet: bytes, seconds: float) -> None:
    assert packet_seconds(packet) == pytest.approx(seconds)


@given(st.binary(max_size=40))
def test_no_packet_is_longer_than_can_be_said(packet: bytes) -> None:
    assert 0.0 <= packet_seconds(packet) <= 63 * 0.060


def test_a_real_encoder_s_packets_are_as_long_as_what_went_in() -> None:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"
    encoder.open()
    told = 0.0
    for _ in range(50):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE
        told += sum(packet_seconds(bytes(packet)) for packet in encoder.encode(frame))
    assert told == pytest.approx(50 * 960 / RATE, abs=0.05)
