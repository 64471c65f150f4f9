"""How long the sound in an Opus packet is, read off its first bytes (RFC 6716, section 3.1)."""

_SILK_MS = (10.0, 20.0, 40.0, 60.0)
_HYBRID_MS = (10.0, 20.0)
_CELT_MS = (2.5, 5.0, 10.0, 20.0)


def packet_seconds(packet: bytes) -> float:
    """Seconds of sound, whether or not the rest of the packet is any good; 0 for an empty one."""
    if not packet:
        return 0.0
    kind, frames = packet[0] >> 3, packet[0] & 3
    if kind < 12:
        frame_ms = _SILK_MS[kind % 4]
    elif kind < 16:
        frame_ms = _HYBRID_MS[kind % 2]
    else:
        frame_ms = _CELT_MS[kind % 4]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 1)[frames]
    return frame_ms * count / 1000
